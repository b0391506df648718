using System.Text;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class HttpGateTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("https://console.example.evil", 403)]
    [InlineData("https://console.example", 200)]
    [InlineData("http://localhost:3000", 200)]
    [InlineData("http://[::1]", 200)]
    [InlineData("file://localhost", 403)]
    public async Task Pages_are_let_in_by_origin(string origin, int expected)
    {
        var (status, _, response) = await host.Send(host.Post(Ping, ("Origin", origin)));

        status.ShouldBe(expected);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("127.0.0.1.evil.example:80", 403)]
    [InlineData("localhost:8080", 200)]
    [InlineData("[::1]:8080", 200)]
    public async Task On_loopback_the_host_is_a_loopback_name(string name, int expected) =>
        (await host.Send(host.Post(Ping, ("Host", name)))).Status.ShouldBe(expected);

    [Theory]
    [InlineData("application/json", 406)]
    [InlineData("text/event-stream", 406)]
    [InlineData(null, 406)]
    [InlineData("text/html", 406)]
    [InlineData("*/*", 200)]
    [InlineData("text/event-stream;q=0.5,application/json", 200)]
    public async Task Both_answer_types_must_be_accepted(string? accept, int expected) =>
        (await host.Send(host.Post(Ping, ("Accept", accept)))).Status.ShouldBe(expected);

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/jsonp", 415)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/json; charset=\"UTF-8\"", 200)]
    [InlineData("application/json; charset=utf-7", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    public async Task The_body_is_json(string type, int expected)
    {
        var request = host.Post(Ping);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Ping));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        (await host.Send(request)).Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_is_413_whether_announced_or_not(bool announced)
    {
        var request = host.Post($$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"{{{new string('x', 70_000)}}}"}}""");
        request.Headers.TransferEncodingChunked = !announced;

        (await host.Send(request)).Status.ShouldBe(413);
    }

    [Fact]
    public async Task No_server_behind_the_route_is_404()
    {
        var request = host.Post(Ping);
        request.RequestUri = new Uri(host.Address, "/none");

        (await host.Send(request)).Status.ShouldBe(404);
    }
}
