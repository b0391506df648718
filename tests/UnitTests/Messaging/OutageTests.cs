using System.Net;
using McpPlatform.Messaging;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Messaging;

public sealed class OutageTests
{
    public static TheoryData<Exception> Away =>
    [
        new TimeoutException(),
        new InvalidOperationException("EF wraps it", new NpgsqlException("no connection", new IOException())),
        Postgres("57P01"),
        Postgres("57P03"),
        Postgres("53100"),
        new HttpRequestException("refused"),
        new HttpRequestException("busy", null, HttpStatusCode.ServiceUnavailable),
        new TaskCanceledException("HttpClient's own", new TimeoutException()),
    ];

    public static TheoryData<Exception> OfTheMessage =>
    [
        new InvalidOperationException("refused"),
        Postgres("23505"),
        Postgres("22021"),
        new HttpRequestException("no such thing", null, HttpStatusCode.NotFound),
        new FileNotFoundException(),
        new OperationCanceledException(),
    ];

    [Theory]
    [MemberData(nameof(Away), DisableDiscoveryEnumeration = true)]
    public void What_passes_by_itself_is_waited_for(Exception exception) => Outage.Is(exception).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(OfTheMessage), DisableDiscoveryEnumeration = true)]
    public void What_the_message_causes_is_not(Exception exception) => Outage.Is(exception).ShouldBeFalse();

    [Fact]
    public void A_reason_shows_no_secret_and_is_bounded()
    {
        var text = FaultText.Of(new InvalidOperationException("amqp://mcpp:hunter2@host/ Bearer abc.def password=hunter2; key sk1234567890abcdefghijklmnop " + new string('x', 5000)));

        text.ShouldNotContain("hunter2");
        text.ShouldNotContain("abc.def");
        text.ShouldNotContain("sk1234567890");
        text.ShouldStartWith("InvalidOperationException: ");
        text.Length.ShouldBeLessThanOrEqualTo(FaultText.MaxLength);
    }

    private static PostgresException Postgres(string state) => new("it failed", "ERROR", "ERROR", state);
}
