using System.Net;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>A real Kestrel on a loopback port with one MCP server of the tests behind <c>/mcp</c> and <c>/other</c>.</summary>
public sealed class McpTestHost : IAsyncLifetime
{
    private WebApplication? _app;

    internal FixtureServer Server { get; } = new();

    internal Uri Address { get; private set; } = new("http://127.0.0.1/");

    internal HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(new SessionKeyRing(new SessionKey(1, Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"))));
        builder.Services.AddMcpEndpoint(_ => new McpEndpointOptions
        {
            MaxBodyBytes = 64 * 1024,
            KeepAlive = TimeSpan.FromMilliseconds(100),
            AllowedOrigins = new HashSet<string> { "https://console.example" },
            Caller = http => new(http.Request.Headers["X-Subject"].FirstOrDefault() ?? "alice", "t1"),
        });
        _app = builder.Build();
        _app.MapMcp("/mcp", _ => Server);
        _app.MapMcp("/other", _ => Server);
        _app.MapMcp("/none", _ => null);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single() + "/mcp");
        Client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    internal HttpRequestMessage Post(string body, params (string Name, string? Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    internal async Task<(int Status, string Body, HttpResponseMessage Response)> Send(HttpRequestMessage request)
    {
        var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>A request of the modern era with everything in order unless a header is overridden (null: left out).</summary>
    internal HttpRequestMessage Modern(string method, string members = "", string? name = null, string id = "1", params (string Name, string? Value)[] headers) =>
        Post(
            $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"method":"{{{{method}}}}","params":{{{{{ModernMeta}}}}{{{{members}}}}}}""",
            [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method), ("Mcp-Name", name), .. headers]);

    internal const string ModernMeta =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{},\"progressToken\":\"tok\"}";

    internal async Task<string> OpenSession(string version = "2025-11-25", string subject = "alice")
    {
        var (_, _, response) = await Send(Post(
            $$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{{version}}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""",
            ("X-Subject", subject)));
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }
}

/// <summary>Tools: <c>echo</c> returns its raw arguments, <c>progress</c> sends notifications first, <c>wait</c> ends when cancelled, <c>error</c> passes its arguments on as an error, <c>fail</c> throws.</summary>
internal sealed class FixtureServer : IMcpServer
{
    private readonly McpServerDescription _description = new("fixture", "1.0") { Instructions = "Be nice.", CacheFor = TimeSpan.FromSeconds(5) };

    public SemaphoreSlim Waiting { get; } = new(0);

    public SemaphoreSlim Cancelled { get; } = new(0);

    public SemaphoreSlim Release { get; } = new(0);

    public ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken) => ValueTask.FromResult(_description);

    public ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) =>
        responder.Result("""{"tools":[{"name":"echo","inputSchema":{"type":"object"},"x-unknown":9007199254740991}]}"""u8.ToArray());

    public async ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        switch (context.Message.Name)
        {
            case "echo":
                await responder.Result((byte[])[.. "{\"content\":[],\"structuredContent\":"u8, .. context.Message.Arguments.Span, .. ",\"resultType\":\"complete\"}"u8]);
                break;
            case "progress":
                for (var i = 1; i <= 200; i++)
                {
                    await responder.Notify(Encoding.UTF8.GetBytes(
                        $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{context.Message.Meta.ProgressToken}}},"progress":{{{i}}}}}"""), cancellationToken);
                }

                await responder.Result("{\"content\":[]}"u8.ToArray());
                break;
            case "quiet":
                await responder.Notify("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}"u8.ToArray(), cancellationToken);
                await Release.WaitAsync(cancellationToken);
                await responder.Result("{\"content\":[]}"u8.ToArray());
                break;
            case "wait":
                Waiting.Release();
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(15), cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    Cancelled.Release();
                    throw;
                }

                break;
            case "error":
                await responder.UpstreamError(context.Message.Arguments);
                break;
            case "fail":
                throw new InvalidOperationException("secret detail");
            case "forget":
                break;
            default:
                await responder.Error(McpError.UnknownTool);
                break;
        }
    }
}
