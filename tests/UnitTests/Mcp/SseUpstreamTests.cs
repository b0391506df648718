using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>HTTP+SSE of 2024-11-05 against a small server on a real socket.</summary>
public sealed class SseUpstreamTests : IAsyncLifetime
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly List<string> _posted = [];
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());
    private WebApplication? _app;
    private string _endpoint = "event: endpoint\ndata: /messages?session=1\n\n";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Map("/sse", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(_endpoint);
            await http.Response.Body.FlushAsync();
            await foreach (var text in _events.Reader.ReadAllAsync(http.RequestAborted))
            {
                await http.Response.WriteAsync(text);
                await http.Response.Body.FlushAsync();
            }
        });
        _app.Map("/messages", async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            Receive(await reader.ReadToEndAsync());
            http.Response.StatusCode = http.Request.Query["session"] == "1" && http.Request.Headers["X-Key"] == "secret" ? 202 : 403;
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        _http.Dispose();
        await _app!.DisposeAsync();
    }

    [Fact]
    public async Task Calls_and_progress_come_back_over_the_stream()
    {
        await using var upstream = Open();
        var progress = new List<string>();

        using var answer = await upstream.Send(
            Fixtures.Call("progress", "{}", ",\"_meta\":{\"progressToken\":\"t\"}") with
            {
                OnNotification = (message, _) =>
                {
                    progress.Add(Encoding.UTF8.GetString(message.Span));
                    return ValueTask.CompletedTask;
                },
            },
            default);

        (await upstream.Connect(default)).Version.ShouldBe(ProtocolVersion.November2024);
        Fixtures.Text(answer).ShouldBe("{\"n\":9007199254740993}");
        progress.ShouldBe(Enumerable.Range(1, 20).Select(i => $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":{{{i}}}}}"""));
    }

    [Fact]
    public async Task Cancelling_is_posted()
    {
        await using var upstream = Open();
        await upstream.Connect(default);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        await Should.ThrowAsync<OperationCanceledException>(async () => await upstream.Send(Fixtures.Call("sleep"), stop.Token));

        await Fixtures.Until(() => Task.FromResult(Posted("notifications/cancelled")), "the cancellation is posted");
    }

    [Fact]
    public async Task The_end_of_the_stream_fails_the_waiters_and_closes_the_connection()
    {
        await using var upstream = Open();
        await upstream.Connect(default);
        var waiting = upstream.Send(Fixtures.Call("sleep"), default).AsTask();
        await Fixtures.Until(() => Task.FromResult(Posted("sleep")), "the call is posted");

        _events.Writer.Complete();

        (await Should.ThrowAsync<UpstreamException>(waiting)).Kind.ShouldBe(UpstreamFailure.Closed);
        upstream.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Messages_are_never_posted_to_another_server()
    {
        _endpoint = "event: endpoint\ndata: http://127.0.0.2:1/messages\n\n";
        await using var upstream = Open();

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default))).Kind.ShouldBe(UpstreamFailure.Protocol);
    }

    [Fact]
    public async Task No_stream_is_a_failure_to_connect()
    {
        await using var upstream = new SseUpstream(_http, Options("/nothing"), Fixtures.Client, TimeProvider.System);

        (await Should.ThrowAsync<UpstreamException>(async () => await upstream.Connect(default))).Kind.ShouldBe(UpstreamFailure.Connect);
    }

    private SseUpstream Open() => new(_http, Options("/sse"), Fixtures.Client, TimeProvider.System);

    private HttpUpstreamOptions Options(string path) => new() { Endpoint = new Uri(_app!.Urls.Single() + path), Headers = [new("X-Key", "secret")], HeaderTimeout = TimeSpan.FromSeconds(5) };

    private bool Posted(string part)
    {
        lock (_posted)
        {
            return _posted.Exists(message => message.Contains(part, StringComparison.Ordinal));
        }
    }

    private void Receive(string body)
    {
        lock (_posted)
        {
            _posted.Add(body);
        }

        var message = JsonNode.Parse(body)!;
        var id = message["id"]?.ToJsonString();
        void Say(string json) => _events.Writer.TryWrite($"event: message\ndata: {json}\n\n");
        if (message["method"]!.GetValue<string>() == "initialize")
        {
            Say($$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"result":{"protocolVersion":"2024-11-05","capabilities":{},"serverInfo":{"name":"old","version":"1"}}}""");
        }
        else if (message["params"]?["name"]?.GetValue<string>() == "progress")
        {
            for (var i = 1; i <= 20; i++)
            {
                Say($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{message["params"]!["_meta"]!["progressToken"]!.ToJsonString()}}},"progress":{{{i}}}}}""");
            }

            Say($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"n":9007199254740993}}""");
        }
    }
}
