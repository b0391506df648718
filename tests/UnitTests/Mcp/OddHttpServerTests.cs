using System.Net;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>What servers do that they should not, answered by a script instead of a socket.</summary>
public sealed class OddHttpServerTests
{
    private const string Initialized = """{"jsonrpc":"2.0","id":ID,"result":{"protocolVersion":"2025-03-26","capabilities":{},"serverInfo":{"name":"odd","version":"1"}}}""";

    [Theory]
    [InlineData(400, "text/plain", "Bad Request")]
    [InlineData(404, "text/html", "<html>")]
    [InlineData(405, "application/json", "{}")]
    [InlineData(400, "application/json", """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"No valid session"}}""")]
    [InlineData(400, "application/json", """{"jsonrpc":"2.0","id":ID,"error":{"code":-32022,"message":"m","data":{"supported":["2025-06-18"]}}}""")]
    [InlineData(200, "application/json", """{"jsonrpc":"2.0","id":ID,"error":{"code":-32601,"message":"Method not found"}}""")]
    [InlineData(200, "application/json", """{"jsonrpc":"2.0","id":ID,"result":{}}""")]
    public async Task A_server_that_does_not_know_discover_is_legacy(int status, string type, string body)
    {
        var server = new Script(asked => asked.Contains("server/discover", StringComparison.Ordinal) ? Answer(status, type, body, asked) : Legacy(asked, Initialized));
        await using var upstream = Open(server);

        (await upstream.Connect(default)).Version.ShouldBe(ProtocolVersion.March2025);

        server.Asked.Count.ShouldBe(3);
        server.Asked[2].ShouldBe("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }

    [Theory]
    [InlineData(400, """{"jsonrpc":"2.0","id":ID,"error":{"code":-32020,"message":"m"}}""", UpstreamFailure.Protocol)]
    [InlineData(400, """{"jsonrpc":"2.0","id":ID,"error":{"code":-32022,"message":"m","data":{"supported":["2026-07-28"]}}}""", UpstreamFailure.Protocol)]
    [InlineData(401, "{}", UpstreamFailure.HttpStatus)]
    [InlineData(503, "{}", UpstreamFailure.HttpStatus)]
    [InlineData(302, "{}", UpstreamFailure.HttpStatus)]
    public async Task Other_refusals_are_no_sign_of_an_era_and_are_tried_again(int status, string body, UpstreamFailure kind)
    {
        var broken = true;
        var server = new Script(asked => broken ? Answer(status, "application/json", body, asked) : Legacy(asked, Initialized));
        await using var upstream = Open(server);

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default))).Kind.ShouldBe(kind);
        server.Asked.Count.ShouldBe(1);

        broken = false;
        await upstream.Connect(default);
    }

    [Theory]
    [InlineData("application/json", "{", UpstreamFailure.Protocol)]
    [InlineData("application/json", """{"jsonrpc":"2.0","id":99,"result":{}}""", UpstreamFailure.Protocol)]
    [InlineData("application/json", """{"jsonrpc":"2.0","id":ID,"result":[]}""", UpstreamFailure.Protocol)]
    [InlineData("application/json", """{"jsonrpc":"2.0","id":ID,"id":ID,"result":{}}""", UpstreamFailure.Protocol)]
    [InlineData("text/html", "<h1>words of the upstream</h1>", UpstreamFailure.Protocol)]
    [InlineData("text/event-stream", "data: words of the upstream\n\n", UpstreamFailure.Protocol)]
    [InlineData("text/event-stream", ": nothing\n\n", UpstreamFailure.Closed)]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n\n", UpstreamFailure.Closed)]
    public async Task What_is_no_answer_is_a_typed_failure_without_the_upstreams_words(string type, string body, UpstreamFailure kind)
    {
        await using var upstream = Open(new Script(asked => asked.Contains("tools/call", StringComparison.Ordinal) ? Answer(200, type, body, asked) : Legacy(asked, Initialized)));

        var failure = await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("x"), default));

        failure.Kind.ShouldBe(kind);
        failure.ToString().ShouldNotContain("words of the upstream");
    }

    [Fact]
    public async Task A_lost_session_that_stays_lost_is_reported_after_one_more_attempt()
    {
        var server = new Script(asked => asked.Contains("tools/call", StringComparison.Ordinal)
            ? Answer(400, "application/json", """{"jsonrpc":"2.0","id":ID,"error":{"code":-32000,"message":"No valid session"}}""", asked)
            : Legacy(asked, Initialized, session: "s1"));
        await using var upstream = Open(server);

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("x"), default))).HttpStatus.ShouldBe(404);

        server.Asked.Count(asked => asked.Contains("tools/call", StringComparison.Ordinal)).ShouldBe(2);
        server.Asked.Count(asked => asked.Contains("\"initialize\"", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Requests_of_the_server_are_answered_on_the_side()
    {
        var server = new Script(asked => asked.Contains("tools/call", StringComparison.Ordinal)
            ? Answer(200, "text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"roots/list\"}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}\n\n", asked)
            : Legacy(asked, Initialized));
        await using var upstream = Open(server);

        using var answer = await upstream.Send(Fixtures.Call("x"), default);

        await Fixtures.Until(() => Task.FromResult(server.Asked.Contains("""{"jsonrpc":"2.0","id":"q","error":{"code":-32601,"message":"Method not found."}}""")), "the reply");
    }

    [Fact]
    public async Task Silence_ends_at_the_header_timer()
    {
        await using var upstream = Open(new Script(asked => asked.Contains("tools/call", StringComparison.Ordinal) ? null : Legacy(asked, Initialized)), seconds: 1);

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("x"), default))).Kind.ShouldBe(UpstreamFailure.Timeout);
    }

    [Fact]
    public async Task Silence_within_an_answer_ends_at_the_idle_timer()
    {
        await using var upstream = Open(new Script(asked =>
        {
            if (!asked.Contains("tools/call", StringComparison.Ordinal))
            {
                return Legacy(asked, Initialized);
            }

            var response = new HttpResponseMessage { Content = new StreamContent(new Silence()) };
            response.Content.Headers.ContentType = new("text/event-stream");
            return response;
        }), seconds: 1);

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("x"), default))).Kind.ShouldBe(UpstreamFailure.Timeout);
    }

    [Fact]
    public async Task A_session_that_is_just_being_opened_is_ended_with_its_connection()
    {
        using var begun = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var server = new Script(asked =>
        {
            if (asked.Contains("\"initialize\"", StringComparison.Ordinal))
            {
                begun.Release();
                go.Wait(TimeSpan.FromSeconds(10));
                var opened = Answer(200, "application/json", Initialized, asked);
                opened.Headers.Add("Mcp-Session-Id", "s1");
                return opened;
            }

            return Legacy(asked, Initialized);
        });
        var upstream = Open(server);
        var connecting = upstream.Connect(default).AsTask();
        (await begun.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        var ending = upstream.DisposeAsync().AsTask();
        ending.IsCompleted.ShouldBeFalse();
        go.Release();

        await ending.WaitAsync(TimeSpan.FromSeconds(10));
        await connecting;
        server.Ended.ShouldBe(["s1"]);
    }

    [Fact]
    public async Task A_session_whose_handshake_fails_at_the_end_is_ended_before_another_one_is_opened()
    {
        var opened = 0;
        var server = new Script(asked =>
        {
            if (asked.Contains("\"initialize\"", StringComparison.Ordinal))
            {
                var answer = Answer(200, "application/json", Initialized, asked);
                answer.Headers.Add("Mcp-Session-Id", $"s{++opened}");
                return answer;
            }

            return asked.Contains("notifications/initialized", StringComparison.Ordinal) && opened == 1 ? Answer(500, "text/plain", "", asked) : Legacy(asked, Initialized);
        });
        await using var upstream = Open(server);

        await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default));
        await upstream.Connect(default);

        (opened, server.Ended.Single()).ShouldBe((2, "s1"));
    }

    [Fact]
    public async Task A_server_that_has_no_stream_is_not_taken_for_one_that_lost_its_session()
    {
        var server = new Script(asked => Legacy(asked, Initialized, session: "s1")) { OnGet = () => new HttpResponseMessage(HttpStatusCode.NotFound) };
        await using var upstream = Open(server);

        (await upstream.Listen(default)).ShouldBeFalse();

        server.Asked.Count(asked => asked.Contains("\"initialize\"", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(false, "error info debug")]
    [InlineData(true, "error info error debug")]
    public async Task A_session_is_as_verbose_as_any_of_its_callers_wants_and_as_its_only_one_wants(bool isExclusive, string told)
    {
        var server = new Script(asked => asked.Contains("tools/call", StringComparison.Ordinal) || asked.Contains("logging/setLevel", StringComparison.Ordinal)
            ? Answer(200, "application/json", """{"jsonrpc":"2.0","id":ID,"result":{}}""", asked)
            : Legacy(asked, Initialized.Replace("\"capabilities\":{}", "\"capabilities\":{\"logging\":{}}", StringComparison.Ordinal), session: "s1"));
        await using var upstream = Open(server, isExclusive);

        foreach (var level in (string?[])["error", null, "info", "loud", "error", "debug", "debug"])
        {
            using var answer = await upstream.Send(Fixtures.Call("x") with { LogLevel = level }, default);
        }

        string.Join(' ', server.Asked.Where(asked => asked.Contains("logging/setLevel", StringComparison.Ordinal))
            .Select(asked => asked[(asked.IndexOf("\"level\":\"", StringComparison.Ordinal) + 9)..].Split('"')[0])).ShouldBe(told);
    }

    private static HttpUpstream Open(HttpMessageHandler server, bool isExclusive = false, int seconds = 30) => new(
        new HttpMessageInvoker(server),
        new HttpUpstreamOptions
        {
            Endpoint = new Uri("http://odd.example/mcp"),
            HeaderTimeout = TimeSpan.FromSeconds(seconds),
            IdleTimeout = TimeSpan.FromSeconds(seconds),
            IsExclusive = isExclusive,
        },
        Fixtures.Client,
        TimeProvider.System);

    private static HttpResponseMessage Legacy(string asked, string initialized, string? session = null)
    {
        var response = asked.Contains("server/discover", StringComparison.Ordinal) ? Answer(404, "text/plain", "", asked)
            : asked.Contains("\"initialize\"", StringComparison.Ordinal) ? Answer(200, "application/json", initialized, asked)
            : new HttpResponseMessage(HttpStatusCode.Accepted);
        if (session is not null)
        {
            response.Headers.Add("Mcp-Session-Id", session);
        }

        return response;
    }

    private static HttpResponseMessage Answer(int status, string type, string body, string asked)
    {
        var start = asked.IndexOf("\"id\":", StringComparison.Ordinal) + 5;
        var id = asked[start..asked.IndexOf(',', start)];
        return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body.Replace("ID", id, StringComparison.Ordinal), Encoding.UTF8, type) };
    }

    private sealed class Script(Func<string, HttpResponseMessage?> answer) : HttpMessageHandler
    {
        private readonly List<string> _asked = [];
        private readonly List<string> _ended = [];

        /// <summary>Null: no content.</summary>
        public Func<HttpResponseMessage>? OnGet { get; init; }

        /// <summary>Sessions that were ended.</summary>
        public IReadOnlyList<string> Ended
        {
            get
            {
                lock (_asked)
                {
                    return [.. _ended];
                }
            }
        }

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_asked)
                {
                    return [.. _asked];
                }
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            lock (_asked)
            {
                _asked.Add(asked);
                if (request.Method == HttpMethod.Delete)
                {
                    _ended.Add(request.Headers.GetValues("Mcp-Session-Id").Single());
                }
            }

            if (request.Method == HttpMethod.Get && OnGet is { } get)
            {
                return get();
            }

            if (asked.Length == 0)
            {
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            }

            if (answer(asked) is { } response)
            {
                return response;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        }
    }

    private sealed class Silence : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
