using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Wire;

/// <summary>Over Streamable HTTP: with a session in the legacy era, with none in the modern.</summary>
internal sealed class HttpConversation(Uri endpoint, string? key, JsonObject capabilities, string version) : Conversation(capabilities, version)
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(3) };
    private readonly CancellationTokenSource _end = new();
    private Task _listening = Task.CompletedTask;
    private string? _session;

    protected override string Where => $"At {endpoint}";

    public static async Task<HttpConversation> Start(Uri endpoint, string? key, JsonObject capabilities, string version = "2025-11-25")
    {
        var conversation = new HttpConversation(endpoint, key, capabilities, version);
        if (!conversation.IsModern)
        {
            await conversation.Initialize();
            conversation._listening = Task.Run(conversation.Listen);
        }

        return conversation;
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _listening;
        if (_session is not null)
        {
            using var request = Addressed(HttpMethod.Delete);
            using var response = await _http.SendAsync(request);
        }

        _end.Dispose();
        _http.Dispose();
    }

    protected override async Task Transmit(JsonObject message)
    {
        using var request = Addressed(HttpMethod.Post);
        request.Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Accept.Add(new("application/json"));
        request.Headers.Accept.Add(new("text/event-stream"));
        if (IsModern)
        {
            request.Headers.Add("Mcp-Method", message["method"]!.GetValue<string>());
            if ((message["params"]?["name"] ?? message["params"]?["uri"]) is { } name)
            {
                request.Headers.Add("Mcp-Name", name.GetValue<string>());
            }
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Headers.TryGetValues("Mcp-Session-Id", out var session))
        {
            _session = session.Single();
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            var text = await reader.ReadToEndAsync();
            if (text.Length > 0)
            {
                Receive(JsonNode.Parse(text)!.AsObject());
            }

            return;
        }

        await Read(reader, CancellationToken.None);
    }

    /// <summary>Takes what belongs to no request.</summary>
    private async Task Listen()
    {
        try
        {
            using var request = Addressed(HttpMethod.Get);
            request.Headers.Accept.Add(new("text/event-stream"));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _end.Token);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_end.Token));
            await Read(reader, _end.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or HttpRequestException)
        {
            // The conversation is over, or goes on without.
        }
    }

    private async Task Read(StreamReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Length > "data: ".Length)
            {
                Receive(JsonNode.Parse(line["data:".Length..])!.AsObject());
            }
        }
    }

    private HttpRequestMessage Addressed(HttpMethod method)
    {
        var request = new HttpRequestMessage(method, endpoint);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (IsModern || _session is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", Version);
        }

        if (_session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", _session);
        }

        return request;
    }
}
