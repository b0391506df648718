using System.Buffers;
using McpPlatform.Mcp.Sse;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// The HTTP response of one request: plain JSON, or from the first notification on an event stream that is flushed per message and kept alive by comments.
/// </summary>
internal sealed class HttpSink(HttpContext http, McpEndpointOptions options, TimeProvider time) : IAnswerSink, IAsyncDisposable
{
    private SemaphoreSlim? _turn;
    private CancellationTokenSource? _ended;
    private Task _keepAlive = Task.CompletedTask;

    private bool IsGone => http.RequestAborted.IsCancellationRequested;

    /// <inheritdoc/>
    public async ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (IsGone)
        {
            return;
        }

        if (_turn is null)
        {
            Upgrade();
        }

        await Write(message, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask Answer(ReadOnlyMemory<byte> message, int status)
    {
        if (IsGone)
        {
            return;
        }

        if (_turn is not null)
        {
            await Write(message, CancellationToken.None);
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = message.Length;
        await http.Response.BodyWriter.WriteAsync(message, CancellationToken.None);
    }

    /// <summary>Ends the comments; nothing is written afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended is null)
        {
            return;
        }

        await _ended.CancelAsync();
        await _keepAlive;
        _ended.Dispose();
        _turn?.Dispose();
    }

    private void Upgrade()
    {
        _turn = new SemaphoreSlim(1, 1);
        _ended = new CancellationTokenSource();
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        _keepAlive = KeepAlive(_turn, _ended.Token);
    }

    private async ValueTask Write(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _turn!.WaitAsync(cancellationToken);
        try
        {
            SseWriter.WriteMessage(http.Response.BodyWriter, message.Span);
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task KeepAlive(SemaphoreSlim turn, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.KeepAlive, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended) && !IsGone)
            {
                await turn.WaitAsync(ended);
                try
                {
                    http.Response.BodyWriter.Write(SseWriter.KeepAlive);
                    await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The answer is complete.
        }
    }
}
