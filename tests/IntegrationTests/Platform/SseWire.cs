using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>HTTP+SSE of 2024-11-05.</summary>
internal sealed class SseWire : MessageWire
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _events;

    private SseWire(HttpClient http, HttpResponseMessage response, StreamReader events) => (_http, _response, _events) = (http, response, events);

    /// <summary>Where messages go.</summary>
    public Uri Messages { get; private set; } = null!;

    public static async Task<SseWire> Open(Uri address, string key, Uri? posts)
    {
        var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60), DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } } };
        using var get = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "text/event-stream" } } };
        var response = await http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var wire = new SseWire(http, response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        if (await wire._events.ReadLineAsync() != "event: endpoint")
        {
            throw new InvalidOperationException("The first event is not the endpoint.");
        }

        wire.Messages = new Uri(posts ?? address, (await wire._events.ReadLineAsync())!["data: ".Length..]);
        return wire;
    }

    public override async Task Send(string message)
    {
        using var answer = await _http.PostAsync(Messages, new StringContent(message, Encoding.UTF8, "application/json"));
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", null, answer.StatusCode);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _events.Dispose();
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken)
    {
        while (await _events.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line["data: ".Length..]);
            }
        }

        return null;
    }
}
