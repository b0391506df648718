using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Xunit;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A response that may still be open.</summary>
internal sealed class WireExchange(HttpResponseMessage response) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<WireMessage> _messages = Channel.CreateUnbounded<WireMessage>();
    private readonly CancellationTokenSource _end = new();
    private Task? _reading;

    public HttpStatusCode Status => response.StatusCode;

    public bool IsStream => response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    /// <summary>Ids of the events that carried no message, and how long the stream asks to wait before it is opened again.</summary>
    public ConcurrentQueue<string> EmptyEvents { get; } = new();

    public string? Retry { get; private set; }

    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;

    /// <summary>The next message; null at the end. Throws <see cref="TimeoutException"/> when none comes.</summary>
    public async Task<WireMessage?> Next(TimeSpan? atMost = null)
    {
        _reading ??= Task.Run(Read);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(atMost ?? Patience);
        try
        {
            return await _messages.Reader.WaitToReadAsync(limit.Token) && _messages.Reader.TryRead(out var message) ? message : null;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("No message came in time.");
        }
    }

    /// <summary>Everything up to the end.</summary>
    public async Task<List<WireMessage>> All()
    {
        var all = new List<WireMessage>();
        while (await Next() is { } message)
        {
            all.Add(message);
        }

        return all;
    }

    /// <summary>The first message of a kind; what comes before it is dropped.</summary>
    public async Task<WireMessage> First(Func<WireMessage, bool> which, TimeSpan? atMost = null)
    {
        var seen = new List<string>();
        while (await Next(atMost) is { } message)
        {
            if (which(message))
            {
                return message;
            }

            seen.Add(message.Text);
        }

        throw new InvalidOperationException($"{(int)Status}, and the response ended without it: {string.Join('\n', seen)}");
    }

    public Task<WireMessage> First(string method, TimeSpan? atMost = null) => First(message => message.Method == method, atMost);

    /// <summary>The answer, in order the last message.</summary>
    public Task<WireMessage> Answer() => First(message => message.IsAnswer);

    /// <summary>True when nothing comes for so long.</summary>
    public async Task<bool> IsSilentFor(TimeSpan time)
    {
        try
        {
            return await Next(time) is null;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    /// <summary>Closes the connection, as a client does that goes away; twice is once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_end.IsCancellationRequested)
        {
            await _end.CancelAsync();
            response.Dispose();
            await (_reading ?? Task.CompletedTask);
        }
    }

    // In the background: a read that is given up would close the connection.
    private async Task Read()
    {
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_end.Token), new UTF8Encoding(false, throwOnInvalidBytes: true));
            if (IsStream)
            {
                await ReadEvents(reader);
            }
            else if (await reader.ReadToEndAsync(_end.Token) is { Length: > 0 } text)
            {
                _messages.Writer.TryWrite(new WireMessage(null, text));
            }

            _messages.Writer.TryComplete();
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException && _end.IsCancellationRequested)
        {
            _messages.Writer.TryComplete();
        }
        catch (Exception failure)
        {
            // Thrown where the test waits.
            _messages.Writer.TryComplete(failure);
        }
    }

    private async Task ReadEvents(StreamReader reader)
    {
        string? id = null;
        var data = new List<string>();
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            if (line.Length > 0)
            {
                id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
                Retry = line.StartsWith("retry: ", StringComparison.Ordinal) ? line[7..] : Retry;
                data.AddRange(line.StartsWith("data: ", StringComparison.Ordinal) ? [line[6..]] : []);
                continue;
            }

            if (data.Count > 0 && data[0].Length > 0)
            {
                _messages.Writer.TryWrite(new WireMessage(id, string.Join('\n', data)));
            }
            else if (id is not null)
            {
                EmptyEvents.Enqueue(id);
            }

            (id, data) = (null, []);
        }
    }
}
