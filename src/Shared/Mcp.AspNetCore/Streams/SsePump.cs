using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using McpPlatform.Mcp.Sse;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>
/// The only writer of one <c>text/event-stream</c> response: takes what a stream has, flushes it, and comments while there is nothing. A reader that takes
/// nothing for the stall limit is disconnected.
/// </summary>
internal sealed class SsePump(HttpContext http, EventStream stream, EventReader reader, McpEndpointOptions options, TimeProvider time)
{
    private readonly List<StreamEvent> _events = [];
    private readonly CancellationToken _gone = options.Gone(http);
    private long _flushing;
    private volatile bool _silent;

    private bool IsGone => _gone.IsCancellationRequested;

    /// <summary>Sets status and headers; before anything is written.</summary>
    public static void Prepare(HttpContext http)
    {
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>
    /// Runs until the stream is complete, the reader was sent away or replaced, or the connection is gone. With <paramref name="priming"/> the first event is
    /// an empty one with an id, to come back with after that time (2025-11-25). <paramref name="prologue"/> goes before everything, as it is.
    /// </summary>
    public async Task Run(TimeSpan? priming, ReadOnlyMemory<byte> prologue = default)
    {
        var beat = TimeSpan.FromMilliseconds(Math.Min(options.KeepAlive.TotalMilliseconds, options.Sessions.StallLimit.TotalMilliseconds));
        await using var timer = time.CreateTimer(static pump => ((SsePump)pump!).Tick(), this, beat, beat);
        await using var gone = _gone.UnsafeRegister(static waiting => ((EventReader)waiting!).Wake(), reader);
        try
        {
            http.Response.BodyWriter.Write(prologue.Span);
            if (priming is { } retry)
            {
                WriteRetry(retry, reader.After);
            }

            await Pump(priming is not null || !prologue.IsEmpty);
        }
        catch (Exception lost) when (IsGone && lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke while it was written to; the stream stays.
        }
        finally
        {
            stream.Leave(reader);
        }
    }

    private async Task Pump(bool hasWritten)
    {
        // What was added before the first flush goes with the head.
        var isOpen = false;
        while (!IsGone)
        {
            _events.Clear();
            var taken = stream.Take(reader, _events, out var sent);
            if (taken == Taken.Events)
            {
                foreach (var e in _events)
                {
                    WriteId(e.Number);
                    SseWriter.WriteMessage(http.Response.BodyWriter, e.Message.Span);
                }
            }
            else if (taken == Taken.Leave)
            {
                WriteRetry(reader.LeavesFor!.Value, sent);
            }
            else if (taken == Taken.Nothing && _silent)
            {
                http.Response.BodyWriter.Write(SseWriter.KeepAlive);
            }
            else if (taken == Taken.Nothing && isOpen)
            {
                await reader.Wait();
                continue;
            }
            else if (taken == Taken.Over && (isOpen || !hasWritten))
            {
                return;
            }

            isOpen = true;
            _silent = false;
            await Flush();
            if (taken is Taken.Leave or Taken.Over)
            {
                return;
            }
        }
    }

    private async ValueTask Flush()
    {
        Volatile.Write(ref _flushing, Math.Max(1, time.GetTimestamp()));
        await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        Volatile.Write(ref _flushing, 0);
    }

    private void Tick()
    {
        if (Volatile.Read(ref _flushing) is var since and not 0)
        {
            if (time.GetElapsedTime(since) >= options.Sessions.StallLimit)
            {
                http.Abort();
            }

            return;
        }

        _silent = true;
        reader.Wake();
    }

    private void WriteId(long number)
    {
        if (!stream.IsKept)
        {
            return;
        }

        Span<byte> line = stackalloc byte[48];
        Utf8.TryWrite(line, CultureInfo.InvariantCulture, $"id: {stream.Number}-{number}\n", out var length);
        http.Response.BodyWriter.Write(line[..length]);
    }

    private void WriteRetry(TimeSpan retry, long sent)
    {
        WriteId(sent);
        http.Response.BodyWriter.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\ndata: \n\n")));
    }
}
