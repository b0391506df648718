using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A raw MCP client, through no SDK: what goes over the wire is what the test says.</summary>
internal abstract class McpCaller(Uri endpoint, string? key) : IDisposable
{
    private int _id;

    protected HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(40) };

    public abstract Task<McpAnswer> Request(string method, JsonObject? parameters = null);

    public async Task<IReadOnlyList<string>> ToolNames()
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var answer = await Request("tools/list", cursor is null ? null : new JsonObject { ["cursor"] = cursor });
            var result = answer.Result;
            names.AddRange(result["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
            cursor = result["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return names;
    }

    public Task<McpAnswer> Call(string tool, JsonObject? arguments = null) =>
        Request("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments ?? [] });

    /// <summary>As <see cref="Call"/>, and again as long as the key's rate is used up: for scenarios that are about something else.</summary>
    public async Task<McpAnswer> CallPatiently(string tool, JsonObject? arguments = null)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await Call(tool, arguments?.DeepClone().AsObject());
            if (answer.ErrorCode != -31003 || tries == 20)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose() => Http.Dispose();

    protected async Task<McpAnswer> Post(string method, JsonObject? parameters, bool isNotification, params (string Name, string Value)[] headers)
    {
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method };
        if (!isNotification)
        {
            message["id"] = Interlocked.Increment(ref _id);
        }

        if (parameters is not null)
        {
            message["params"] = parameters;
        }

        return await PostRaw(message.ToJsonString(), headers);
    }

    public async Task<McpAnswer> PostRaw(string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new McpAnswer(response.StatusCode, Message(response, text), text, response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    // The answer to a request is the last message of an event stream.
    private static JsonNode? Message(HttpResponseMessage response, string text)
    {
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            text = text.Split('\n').Last(l => l.StartsWith("data:", StringComparison.Ordinal))["data:".Length..];
        }

        return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
    }
}

internal sealed record McpAnswer(HttpStatusCode Status, JsonNode? Message, string Text, Dictionary<string, string> Headers)
{
    public JsonNode Result => Message?["result"] ?? throw new InvalidOperationException($"{(int)Status} without a result: {Text}");

    public int? ErrorCode => Message?["error"]?["code"]?.GetValue<int>();

    /// <summary>Text of the first content block of a tool's answer.</summary>
    public string ToolText => Result["content"]![0]!["text"]!.GetValue<string>();
}

/// <summary>2026-07-28: no session, everything in every request.</summary>
internal sealed class ModernCaller(Uri endpoint, string? key) : McpCaller(endpoint, key)
{
    public const string Version = "2026-07-28";

    public override Task<McpAnswer> Request(string method, JsonObject? parameters = null)
    {
        parameters ??= [];
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = Version,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "scenario", ["version"] = "1" },
        };
        (string, string)[] headers = [("MCP-Protocol-Version", Version), ("Mcp-Method", method)];
        return Post(method, parameters, isNotification: false, (parameters["name"] ?? parameters["uri"])?.GetValue<string>() is { } name ? [.. headers, ("Mcp-Name", name)] : headers);
    }
}

/// <summary>2025-11-25 and before: initialize, then a session.</summary>
internal sealed class LegacyCaller(Uri endpoint, string? key, string version = "2025-11-25") : McpCaller(endpoint, key)
{
    private readonly Uri _endpoint = endpoint;
    private readonly string? _key = key;
    private string? _session;

    /// <summary>The session's id, once there was a request.</summary>
    public string? Session => _session;

    public override async Task<McpAnswer> Request(string method, JsonObject? parameters = null)
    {
        _session ??= await Initialize();
        return await Post(method, parameters, isNotification: false, ("MCP-Protocol-Version", version), ("Mcp-Session-Id", _session));
    }

    /// <summary>The same session at another address.</summary>
    public LegacyCaller At(Uri other) => new(other, _key, version) { _session = _session };

    /// <summary>Ends the session.</summary>
    public async Task<HttpStatusCode> End()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, _endpoint);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_key}");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version);
        request.Headers.TryAddWithoutValidation("Mcp-Session-Id", _session);
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<string> Initialize()
    {
        var answer = await Post("initialize", new JsonObject
        {
            ["protocolVersion"] = version,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "scenario", ["version"] = "1" },
        }, isNotification: false);
        if (answer.Result["protocolVersion"]!.GetValue<string>() != version)
        {
            throw new InvalidOperationException($"Another version was negotiated: {answer.Text}");
        }

        var session = answer.Headers["Mcp-Session-Id"];
        await Post("notifications/initialized", null, isNotification: true, ("MCP-Protocol-Version", version), ("Mcp-Session-Id", session));
        return session;
    }
}
