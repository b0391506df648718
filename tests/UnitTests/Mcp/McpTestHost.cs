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

/// <summary>
/// A real Kestrel on a loopback port with one MCP server of the tests behind <c>/mcp</c> and <c>/other</c>, HTTP+SSE at <c>/sse</c> and WebSocket at <c>/ws</c>.
/// </summary>
public sealed class McpTestHost : IAsyncLifetime
{
    private readonly Func<McpEndpointOptions, McpEndpointOptions> _options;
    private readonly ISessionOwners _owners;
    private WebApplication? _app;

    public McpTestHost()
        : this(options => options)
    {
    }

    private McpTestHost(Func<McpEndpointOptions, McpEndpointOptions> options, ISessionOwners? owners = null) => (_options, _owners) = (options, owners ?? new SingleOwner());

    internal McpEndpoint Endpoint { get; private set; } = null!;

    internal MessageAdmission? Admit { get; set; }

    internal static async Task<McpTestHost> Start(Func<McpEndpointOptions, McpEndpointOptions> options, ISessionOwners? owners = null)
    {
        var host = new McpTestHost(options, owners);
        await host.InitializeAsync();
        return host;
    }

    internal FixtureServer Server { get; } = new();

    internal Uri Address { get; private set; } = new("http://127.0.0.1/");

    internal HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(new SessionKeyRing(new SessionKey(1, Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"))));
        builder.Services.AddSingleton(_owners);
        builder.Services.AddMcpEndpoint(_ => _options(new McpEndpointOptions
        {
            MaxBodyBytes = 64 * 1024,
            KeepAlive = TimeSpan.FromMilliseconds(100),
            AllowedOrigins = new HashSet<string> { "https://console.example" },
            Caller = http => new(http.Request.Headers["X-Subject"].FirstOrDefault() ?? "alice", http.Request.Headers["X-Tenant"].FirstOrDefault() ?? "t1"),
        }));
        _app = builder.Build();
        _app.UseWebSockets();
        Endpoint = _app.Services.GetRequiredService<McpEndpoint>();
        _app.Map("/sse", http => Endpoint.HandleSse(http, Server));
        _app.Map("/ws", http => Endpoint.HandleWebSocket(http, Server, Admit));
        _app.MapMcp("/mcp", _ => Server);
        _app.MapMcp("/other", _ => Server);
        _app.MapMcp("/none", _ => null);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single() + "/mcp");
        Client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
    }

    internal Task Stop() => _app!.StopAsync();

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

    internal static string Initialize(string version) =>
        $$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{{version}}}}","capabilities":{"roots":{}},"clientInfo":{"name":"t","version":"1"}}}""";

    internal async Task<string> OpenSession(string version = "2025-11-25", string subject = "alice", string tenant = "t1")
    {
        var (_, _, response) = await Send(Post(Initialize(version), ("X-Subject", subject), ("X-Tenant", tenant)));
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    /// <summary>A GET of the event stream of a session, resumed after an event when one is given.</summary>
    internal HttpRequestMessage Listen(string session, string? lastEventId = null, string subject = "alice")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        request.Headers.TryAddWithoutValidation("X-Subject", subject);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return request;
    }

    internal static string Call(string tool, string id = "1", string arguments = "{}") =>
        $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"method":"tools/call","params":{"name":"{{{{tool}}}}","arguments":{{{{arguments}}}},"_meta":{"progressToken":"tok"}}}""";
}
