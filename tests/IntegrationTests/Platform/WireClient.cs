using System.Net;
using System.Text;
using Xunit;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// A raw MCP client of one revision that sends exactly the text it is given and shows exactly what came back, message by message while the response is still open. Ids, parameters and
/// <c>_meta</c> members are raw JSON.
/// </summary>
internal sealed class WireClient(Uri endpoint, string key, string version, string capabilities = "{}", string name = "wire") : IDisposable
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    // Many streams are open at once; a proxy of the machine has no business here.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) }) { Timeout = TimeSpan.FromSeconds(60) };

    public bool IsModern => version == Modern;

    /// <summary>Set by <see cref="Open"/>.</summary>
    public string? Session { get; private set; }

    /// <summary>A client that can be asked everything.</summary>
    public static string Everything => """{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{"listChanged":true}}""";

    /// <summary>Opens the session that a legacy client needs; a modern one needs nothing.</summary>
    public async Task<WireClient> Open()
    {
        if (!IsModern)
        {
            await using var opened = await Raw($$$$"""
                {"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"{{{{version}}}}","capabilities":{{{{capabilities}}}},"clientInfo":{"name":"{{{{name}}}}","version":"1"}}}
                """);
            Assert.Equal(HttpStatusCode.OK, opened.Status);
            Session = opened.Header("Mcp-Session-Id");
            await using var initialized = await Raw("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            Assert.Equal(HttpStatusCode.Accepted, initialized.Status);
        }

        return this;
    }

    /// <summary>The same client, session included, at another address.</summary>
    public WireClient At(Uri other) => new(other, key, version, capabilities, name) { Session = Session };

    /// <summary>The same session with another key.</summary>
    public WireClient With(string other) => new(endpoint, other, version, capabilities, name) { Session = Session };

    /// <summary>Sends a request and returns as soon as its response begins.</summary>
    /// <param name="members">Of <c>params</c>, raw, without <c>_meta</c>.</param>
    /// <param name="id">Raw.</param>
    /// <param name="meta">Further members of <c>_meta</c>, raw.</param>
    /// <param name="name">What <c>Mcp-Name</c> says; a legacy client says nothing.</param>
    public Task<WireExchange> Send(string method, string members = "", string id = "1", string meta = "", string? name = null, params (string Name, string Value)[] headers)
    {
        List<(string, string)> all = [.. headers];
        if (IsModern)
        {
            all.Add(("Mcp-Method", method));
            all.AddRange(name is null ? [] : [("Mcp-Name", name)]);
        }

        return Raw($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{Params(members, meta)}}}""", [.. all]);
    }

    public Task<WireExchange> Call(string tool, string arguments = "{}", string id = "1", string meta = "", string more = "", params (string Name, string Value)[] headers) =>
        Send("tools/call", $$"""{{more}}"name":"{{tool}}","arguments":{{arguments}}""", id, meta, tool, headers);

    /// <summary>Sends what has no answer, and sees it accepted.</summary>
    public async Task Notify(string method, string members)
    {
        await using var sent = await Raw($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{Params(members, "")}}}""", IsModern ? [("Mcp-Method", method)] : []);
        Assert.Equal(HttpStatusCode.Accepted, sent.Status);
    }

    /// <summary>Answers a question that came down a stream.</summary>
    public async Task Reply(string id, string result)
    {
        await using var sent = await Raw($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");
        Assert.Equal(HttpStatusCode.Accepted, sent.Status);
    }

    /// <summary>Opens the standalone stream of the session, or the rest of another one.</summary>
    public Task<WireExchange> Listen(string? lastEventId = null) => Go(HttpMethod.Get, null, lastEventId is null ? [] : [("Last-Event-ID", lastEventId)]);

    public async Task<HttpStatusCode> End()
    {
        await using var ended = await Go(HttpMethod.Delete, null, []);
        return ended.Status;
    }

    /// <summary>Posts a body as it is. Headers given here replace the client's own; an empty value takes one away.</summary>
    public Task<WireExchange> Raw(string body, params (string Name, string Value)[] headers) => Go(HttpMethod.Post, Encoding.UTF8.GetBytes(body), headers);

    public async Task<WireExchange> Go(HttpMethod method, byte[]? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, endpoint) { Content = body is null ? null : new ByteArrayContent(body) };
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = $"Bearer {key}", ["Accept"] = "application/json, text/event-stream" };
        if (IsModern || Session is not null)
        {
            all["MCP-Protocol-Version"] = version;
        }

        if (Session is not null)
        {
            all["Mcp-Session-Id"] = Session;
        }

        if (body is not null)
        {
            all["Content-Type"] = "application/json";
        }

        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        // Half a megabyte and more is announced first, so that a refusal is heard.
        request.Headers.ExpectContinue = body?.Length > 512 * 1024;
        foreach (var (name, value) in all.Where(h => h.Value.Length > 0))
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return new WireExchange(await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
    }

    /// <summary>As <see cref="Send"/> would write them.</summary>
    public string Params(string members, string meta)
    {
        var own = IsModern ? $$"""
            "io.modelcontextprotocol/protocolVersion":"{{version}}","io.modelcontextprotocol/clientCapabilities":{{capabilities}},"io.modelcontextprotocol/clientInfo":{"name":"{{name}}","version":"1"}
            """ : "";
        var both = string.Join(',', ((string[])[own, meta]).Where(part => part.Length > 0));
        return $"{{{string.Join(',', ((string[])[members, both.Length > 0 ? $"\"_meta\":{{{both}}}" : ""]).Where(part => part.Length > 0))}}}";
    }

    public void Dispose() => _http.Dispose();
}
