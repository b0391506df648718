namespace McpPlatform.UnitTests.Mcp;

/// <summary>One event as it was on the wire.</summary>
internal sealed record WireEvent(string? Id, string? Retry, string? Event, string Data);

/// <summary>Reads an event stream line by line, as a client would, with a deadline.</summary>
internal sealed class EventStreamClient(HttpResponseMessage response) : IDisposable
{
    private readonly StreamReader _reader = new(response.Content.ReadAsStream());

    public HttpResponseMessage Response { get; } = response;

    /// <summary>Sends a request whose answer must be a stream.</summary>
    public static async Task<EventStreamClient> Open(McpTestHost host, HttpRequestMessage request)
    {
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? new(response)
            : throw new InvalidOperationException($"No stream: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>The next event, comments skipped; null at the end of the stream.</summary>
    public async Task<WireEvent?> Next()
    {
        string? id = null, retry = null, kind = null;
        List<string> data = [];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await _reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Length == 0 && (id ?? retry ?? kind) is null && data.Count == 0)
            {
                continue;
            }

            if (line.Length == 0)
            {
                return new(id, retry, kind, string.Join('\n', data));
            }

            var (name, value) = line.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? (line[..colon], line[(colon + 2)..]) : (line.TrimEnd(':'), "");
            (id, retry, kind) = name switch { "id" => (value, retry, kind), "retry" => (id, value, kind), "event" => (id, retry, value), _ => (id, retry, kind) };
            if (name == "data")
            {
                data.Add(value);
            }
        }

        return null;
    }

    /// <summary>Everything to the end.</summary>
    public async Task<List<WireEvent>> Rest()
    {
        var events = new List<WireEvent>();
        while (await Next() is { } next)
        {
            events.Add(next);
        }

        return events;
    }

    public void Dispose()
    {
        _reader.Dispose();
        Response.Dispose();
    }
}
