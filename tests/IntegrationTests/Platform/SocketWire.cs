using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>MCP over WebSocket.</summary>
internal sealed class SocketWire(ClientWebSocket socket) : MessageWire
{
    public ClientWebSocket Socket => socket;

    public static async Task<SocketWire> Open(Uri address, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mcp");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, CancellationToken.None);
        return new SocketWire(socket);
    }

    public override Task Send(string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            catch (WebSocketException cut) when (cut.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
            {
                // A process whose time is over does not wait for the handshake: that is an end, too. CloseStatus tells them apart.
                return null;
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(message.ToArray());
            }
        }
    }
}
