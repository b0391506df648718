using System.Net;
using System.Net.Sockets;
using McpPlatform.Net;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Net;

public sealed class GuardedHttpHandlerTests
{
    [Fact]
    public async Task Loopback_is_refused_before_a_packet_leaves()
    {
        await using var canary = new Canary();

        var thrown = await Should.ThrowAsync<HttpRequestException>(Get($"http://127.0.0.1:{canary.Port}/", EgressPolicy.PublicOnly));

        EgressDeniedException.TryFind(thrown, out var denied).ShouldBeTrue();
        denied.Address.ShouldBe(IPAddress.Loopback);
        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task An_allowed_target_is_reached()
    {
        await using var canary = new Canary();

        var answer = await Get($"http://127.0.0.1:{canary.Port}/", new EgressPolicy { Allow = [EgressRule.Parse($"127.0.0.1:{canary.Port}")] });

        answer.ShouldBe("ok");
        canary.Hits.ShouldBe(1);
    }

    [Fact]
    public async Task One_bad_address_among_good_ones_refuses_the_host()
    {
        await using var canary = new Canary();
        var options = Resolving("multi.test", IPAddress.Parse("8.8.8.8"), IPAddress.Loopback);

        var thrown = await Should.ThrowAsync<HttpRequestException>(Get($"http://multi.test:{canary.Port}/", EgressPolicy.PublicOnly, options));

        EgressDeniedException.TryFind(thrown, out _).ShouldBeTrue();
        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_is_resolved_once_per_connection_and_the_checked_address_is_used()
    {
        await using var canary = new Canary();
        var asked = 0;
        var options = new GuardedHttpOptions { Resolve = (_, _) => Task.FromResult<IPAddress[]>(Interlocked.Increment(ref asked) == 1 ? [IPAddress.Loopback] : [IPAddress.Parse("10.0.0.1")]) };

        var answer = await Get($"http://rebind.test:{canary.Port}/", new EgressPolicy { Allow = [EgressRule.Parse("127.0.0.0/8")] }, options);

        answer.ShouldBe("ok");
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_the_first_does_not_listen()
    {
        await using var canary = new Canary();
        var options = Resolving("two.test", IPAddress.Parse("127.0.0.77"), IPAddress.Loopback);

        var answer = await Get($"http://two.test:{canary.Port}/", new EgressPolicy { AllowPrivate = true }, options);

        answer.ShouldBe("ok");
    }

    [Fact]
    public async Task Redirects_are_handed_back_not_followed()
    {
        await using var target = new Canary();
        await using var redirecting = new Canary($"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:{target.Port}/hit\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = new HttpClient(GuardedHttpHandler.Create(new EgressPolicy { AllowPrivate = true }));

        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{redirecting.Port}/"));

        response.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        target.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task Oversized_response_headers_end_the_call()
    {
        await using var canary = new Canary($"HTTP/1.1 200 OK\r\nX-Big: {new string('x', 40 * 1024)}\r\nContent-Length: 0\r\n\r\n");

        await Should.ThrowAsync<HttpRequestException>(Get($"http://127.0.0.1:{canary.Port}/", new EgressPolicy { AllowPrivate = true }));
    }

    [Fact]
    public async Task A_host_without_addresses_is_not_found()
    {
        var thrown = await Should.ThrowAsync<HttpRequestException>(Get("http://none.test/", EgressPolicy.PublicOnly, Resolving("none.test")));

        thrown.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.HostNotFound);
    }

    private static GuardedHttpOptions Resolving(string name, params IPAddress[] addresses) => new()
    {
        Resolve = (host, _) => Task.FromResult(host == name ? addresses : []),
    };

    private static async Task<string> Get(string url, EgressPolicy policy, GuardedHttpOptions? options = null)
    {
        using var client = new HttpClient(GuardedHttpHandler.Create(policy, options)) { Timeout = TimeSpan.FromSeconds(5) };
        return await client.GetStringAsync(new Uri(url));
    }
}
