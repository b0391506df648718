using System.Text.Json;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>
/// An answer as a stream of events, where the caller asked for one: <c>progress</c> and <c>log</c> as the server sends them, then one <c>result</c> or <c>error</c>, which is what the answer without a
/// stream would have been. It begins with the first event or the first sign of life, so that an early refusal keeps its status.
/// </summary>
internal sealed class ApiStream(HttpContext http, TimeSpan keepAlive, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _end = new();
    private Task _alive = Task.CompletedTask;

    public bool HasBegun => http.Response.HasStarted;

    /// <summary>Signs of life from now on: proxies close what is silent.</summary>
    public void Watch() => _alive = KeepAlive();

    /// <summary>Passes on what a server sends before its answer.</summary>
    public ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var notification = EnvelopeParser.Parse(message).Envelope;
        var name = notification?.Method switch { McpMethods.Progress => "progress", McpMethods.LogMessage => "log", _ => null };
        return name is null ? ValueTask.CompletedTask : Write(name, notification!.Params, cancellationToken);
    }

    /// <summary>The last event.</summary>
    public async ValueTask Result(ReadOnlyMemory<byte> answer)
    {
        await Stop();
        await Write("result", answer, http.RequestAborted);
    }

    /// <summary>The last event; as a plain answer with its status when nothing was sent before.</summary>
    public async ValueTask Error(Error error)
    {
        await Stop();
        if (!HasBegun)
        {
            await http.WriteError(error);
            return;
        }

        await Write("error", JsonSerializer.SerializeToUtf8Bytes(ErrorAnswers.BodyOf(http, error), Hosting.Json.Options), http.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _end.Dispose();
        _one.Dispose();
    }

    private async ValueTask Stop()
    {
        await _end.CancelAsync();
        await _alive;
    }

    private async Task KeepAlive()
    {
        using var timer = new PeriodicTimer(keepAlive, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await Write(null, default, _end.Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The answer has come.
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // The caller is gone, which the call notices itself.
        }
    }

    /// <param name="name">Null = a comment.</param>
    private async ValueTask Write(string? name, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!HasBegun)
            {
                http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
                http.Response.ContentType = "text/event-stream";
                http.Response.Headers.CacheControl = "no-cache, no-transform";
                http.Response.Headers["X-Accel-Buffering"] = "no";
            }

            await http.Response.Body.WriteAsync(Event(name, data), cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>JSON has line breaks between its tokens only: as spaces they mean the same, and an event has one line.</summary>
    private static byte[] Event(string? name, ReadOnlyMemory<byte> data)
    {
        if (name is null)
        {
            return ":\n\n"u8.ToArray();
        }

        byte[] text = [.. "event: "u8, .. System.Text.Encoding.ASCII.GetBytes(name), .. "\ndata: "u8, .. data.Span, .. "\n\n"u8];
        var line = text.AsSpan(name.Length + 14, data.Length);
        line.Replace((byte)'\n', (byte)' ');
        line.Replace((byte)'\r', (byte)' ');
        return text;
    }
}
