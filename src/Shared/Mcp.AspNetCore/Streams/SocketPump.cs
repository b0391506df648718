using System.Net.WebSockets;

namespace McpPlatform.Mcp.AspNetCore.Streams;

/// <summary>The only writer of one WebSocket: a text frame per message of a stream, then the goodbye. A frame that is not taken within the stall limit ends it.</summary>
internal sealed class SocketPump(WebSocket socket, EventStream stream, EventReader reader, ClientSessionOptions options, TimeProvider time)
{
    private WebSocketCloseStatus _status = WebSocketCloseStatus.EndpointUnavailable;

    /// <summary>How the connection ends, when the client or a broken rule ends it; else this side went away.</summary>
    public void Ends(WebSocketCloseStatus status) => _status = status;

    /// <summary>Runs until the stream is over. Then the client has <paramref name="closing"/> to say goodbye too, until <paramref name="stop"/> ends reading.</summary>
    public async Task Run(CancellationTokenSource stop, TimeSpan closing)
    {
        await using var gone = stop.Token.UnsafeRegister(static waiting => ((EventReader)waiting!).Wake(), reader);
        try
        {
            var events = new List<StreamEvent>();
            while (!stop.IsCancellationRequested && stream.Take(reader, events, out _) is var taken and not Taken.Over)
            {
                foreach (var e in events)
                {
                    using var stall = new CancellationTokenSource(options.StallLimit, time);
                    await socket.SendAsync(e.Message, WebSocketMessageType.Text, endOfMessage: true, stall.Token);
                }

                events.Clear();
                if (taken == Taken.Nothing)
                {
                    await reader.Wait();
                }
            }

            using var goodbye = new CancellationTokenSource(closing, time);
            await socket.CloseOutputAsync(_status, null, goodbye.Token);
        }
        catch (Exception lost) when (lost is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Nobody there to say goodbye to.
        }
        finally
        {
            stream.Leave(reader);
            stop.CancelAfter(closing);
        }
    }
}
