using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Against the shared fixture server, which is somebody else's reading of the protocol.</summary>
public sealed class HttpUpstreamTests : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("legacy", "2025-11-25")]
    [InlineData("legacy", "2025-11-25", "--json")]
    [InlineData("legacy", "2025-11-25", "--legacy-stateless")]
    [InlineData("modern", "2026-07-28")]
    [InlineData("both", "2026-07-28")]
    public async Task The_era_is_found_and_tools_are_listed_and_called(string era, string version, params string[] more)
    {
        await using var server = await NodeServer.Start(["--era", era, "--page-size", "7", .. more]);
        await using var upstream = Open(server.Address);

        var handshake = await upstream.Connect(default);
        var tools = await CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(), default);
        using var answer = await upstream.Send(Fixtures.Call("bb_echo", "{\"value\":9007199254740991}"), default);

        handshake.Version.Text.ShouldBe(version);
        JsonNode.Parse(handshake.Capabilities.Span)!["tools"].ShouldNotBeNull();
        tools.Select(tool => tool.Key).ShouldContain("test_simple_text");
        Fixtures.Text(answer).ShouldContain("9007199254740991");
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Two_callers_with_the_same_token_each_get_their_own_progress_in_order(string era)
    {
        await using var server = await NodeServer.Start("--era", era);
        await using var upstream = Open(server.Address);
        async Task<List<string>> Run()
        {
            var seen = new List<string>();
            using var answer = await upstream.Send(
                Fixtures.Call("bb_progress", "{\"n\":200}", ",\"_meta\":{\"progressToken\":\"t\"}") with
                {
                    OnNotification = (message, _) =>
                    {
                        seen.Add(Encoding.UTF8.GetString(message.Span));
                        return ValueTask.CompletedTask;
                    },
                },
                default);
            answer.IsError.ShouldBeFalse();
            return seen;
        }

        var both = await Task.WhenAll(Run(), Run());

        var expected = Enumerable.Range(1, 200).Select(i => $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":{{{i}}},"total":200}}""");
        both[0].ShouldBe(expected);
        both[1].ShouldBe(expected);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Cancelling_reaches_the_server(string era)
    {
        await using var server = await NodeServer.Start("--era", era);
        await using var upstream = Open(server.Address);
        await upstream.Connect(default);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<OperationCanceledException>(async () => await upstream.Send(Fixtures.Call("bb_sleep", "{\"ms\":9000,\"key\":\"mine\"}"), stop.Token));

        await Fixtures.Until(
            async () =>
            {
                using var answer = await upstream.Send(Fixtures.Call("bb_cancelled"), default);
                return Fixtures.Text(answer).Contains("mine", StringComparison.Ordinal);
            },
            "the server hears of the cancellation");
    }

    [Fact]
    public async Task A_modern_server_gets_what_its_era_wants_and_the_callers_own_meta()
    {
        await using var server = await NodeServer.Start("--era", "modern");
        await using var upstream = Open(server.Address);
        using var activity = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).Start();

        using var answer = await upstream.Send(Fixtures.Call("bb_context", "{}", ",\"_meta\":{\"com.example/x\":1,\"io.modelcontextprotocol/clientInfo\":{\"name\":\"caller\",\"version\":\"9\"}}"), default);

        var seen = JsonNode.Parse(JsonNode.Parse(answer.Payload.Span)!["content"]![0]!["text"]!.GetValue<string>())!;
        seen["version"]!.GetValue<string>().ShouldBe("2026-07-28");
        seen["clientInfo"]!["name"]!.GetValue<string>().ShouldBe("caller");
        seen["meta"]!["com.example/x"]!.GetValue<int>().ShouldBe(1);
        seen["meta"]!["traceparent"]!.GetValue<string>().ShouldBe(activity.Id);
        seen["headers"]!["traceparent"]!.GetValue<string>().ShouldContain(activity.TraceId.ToString());
        seen["headers"]!["mcp-name"]!.GetValue<string>().ShouldBe("bb_context");
        seen["headers"]!["x-key"]!.GetValue<string>().ShouldBe("secret");
    }

    [Fact]
    public async Task A_legacy_server_never_sees_the_other_eras_meta()
    {
        await using var server = await NodeServer.Start("--era", "legacy");
        await using var upstream = Open(server.Address);

        using var answer = await upstream.Send(
            Fixtures.Call("bb_context", "{}", ",\"_meta\":{\"com.example/x\":1,\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}"), default);

        var seen = JsonNode.Parse(JsonNode.Parse(answer.Payload.Span)!["content"]![0]!["text"]!.GetValue<string>())!;
        seen["meta"]!.AsObject().Select(member => member.Key).ShouldBe(["com.example/x"]);
        seen["clientInfo"]!["name"]!.GetValue<string>().ShouldBe("tests");
    }

    [Fact]
    public async Task A_forgotten_session_is_opened_again_without_the_caller_noticing()
    {
        await using var server = await NodeServer.Start("--era", "legacy");
        await using var upstream = Open(server.Address);
        async Task<string> Session()
        {
            using var answer = await upstream.Send(Fixtures.Call("bb_context"), default);
            return JsonNode.Parse(JsonNode.Parse(answer.Payload.Span)!["content"]![0]!["text"]!.GetValue<string>())!["sessionKey"]!.GetValue<string>();
        }

        var first = await Session();
        using var end = new HttpRequestMessage(HttpMethod.Delete, server.Address);
        end.Headers.Add("Mcp-Session-Id", first);
        using (await _http.SendAsync(end, default))
        {
        }

        (await Session()).ShouldNotBe(first);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task A_json_rpc_error_is_an_answer(string era)
    {
        await using var server = await NodeServer.Start("--era", era);
        await using var upstream = Open(server.Address);

        using var custom = await upstream.Send(Fixtures.Call("bb_protocol_error"), default);
        using var unknown = await upstream.Send(new("no/such", default), default);

        custom.IsError.ShouldBeTrue();
        Fixtures.Text(custom).ShouldBe("""{"code":-31337,"message":"fixture protocol error","data":{"detail":{"nested":[1,2,3]}}}""");
        unknown.ErrorCode.ShouldBe(ErrorCodes.MethodNotFound);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task An_answer_over_the_limit_is_refused(string era)
    {
        await using var server = await NodeServer.Start("--era", era);
        await using var upstream = Open(server.Address, options => options with { MaxResponseBytes = 200_000 });

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("bb_bytes", "{\"n\":300000}"), default))).Kind.ShouldBe(UpstreamFailure.TooLarge);
        using var answer = await upstream.Send(Fixtures.Call("bb_bytes", "{\"n\":100000}"), default);
        answer.Payload.Length.ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public async Task A_refusal_is_an_http_status_and_is_not_taken_for_an_era()
    {
        await using var server = await NodeServer.Start("--bearer", "right");
        await using var upstream = Open(server.Address);

        var failure = await Should.ThrowAsync<UpstreamException>(async () => await upstream.Send(Fixtures.Call("bb_echo"), default));

        (failure.Kind, failure.HttpStatus, failure.MayHaveRun).ShouldBe((UpstreamFailure.HttpStatus, 401, false));
        await using var allowed = Open(server.Address, options => options with { Headers = [new("Authorization", "Bearer right")] });
        (await allowed.Connect(default)).Version.IsModern.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_listening_is_a_failure_to_connect()
    {
        await using var upstream = Open(new Uri("http://127.0.0.1:1/mcp"));

        var failure = await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default));

        (failure.Kind, failure.MayHaveRun).ShouldBe((UpstreamFailure.Connect, false));
    }

    [Fact]
    public async Task Our_own_endpoint_and_our_own_client_understand_each_other()
    {
        var host = new McpTestHost();
        await host.InitializeAsync();
        foreach (var era in (EraChoice[])[EraChoice.Legacy, EraChoice.Modern, EraChoice.Detect])
        {
            await using var upstream = Open(host.Address, options => options with { Era = era });
            var progress = 0;
            using var answer = await upstream.Send(
                Fixtures.Call("progress", "{}", ",\"_meta\":{\"progressToken\":7}") with
                {
                    OnNotification = (message, _) =>
                    {
                        Encoding.UTF8.GetString(message.Span).ShouldContain($"\"progressToken\":7,\"progress\":{++progress}}}");
                        return ValueTask.CompletedTask;
                    },
                },
                default);

            (answer.IsError, progress).ShouldBe((false, 200));
            (await CatalogLister.ReadAll(upstream, CatalogKind.Tools, new CatalogListLimits(), default)).Single().Key.ShouldBe("echo");
        }

        await host.DisposeAsync();
    }

    private HttpUpstream Open(Uri address, Func<HttpUpstreamOptions, HttpUpstreamOptions>? change = null)
    {
        var options = new HttpUpstreamOptions { Endpoint = address, Headers = [new("X-Key", "secret")] };
        return new(_http, change?.Invoke(options) ?? options, Fixtures.Client, TimeProvider.System);
    }
}
