using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Draining;

/// <summary>Sockets as ever, whose listeners close when the drain says so, before the server stops; and which tell the drain what is open.</summary>
internal sealed class DrainingTransport(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, Drain drain, ListenerHandover handover)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);

    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _sockets.BindAsync(endpoint, cancellationToken), drain, handover);

    private sealed class Listener : IConnectionListener
    {
        private readonly IConnectionListener _inner;
        private readonly Drain _drain;
        private readonly ListenerHandover _handover;
        private int _closed;

        public Listener(IConnectionListener inner, Drain drain, ListenerHandover handover)
        {
            (_inner, _drain, _handover) = (inner, drain, handover);
            drain.ListenersClose += Close;
        }

        public EndPoint EndPoint => _inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (await _inner.AcceptAsync(cancellationToken) is not { } context)
            {
                return null;
            }

            var connection = new OpenConnection(context, _drain.Now);
            context.Features.Set(connection);
            _drain.Opened(connection);
            context.ConnectionClosed.UnsafeRegister(static state => ((Action)state!)(), () => _drain.Closed(connection));
            return context;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            Interlocked.Exchange(ref _closed, 1) == 0 ? Unbind(cancellationToken) : ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => _inner.DisposeAsync();

        private async ValueTask Unbind(CancellationToken cancellationToken)
        {
            await _inner.UnbindAsync(cancellationToken);
            _handover.Close(EndPoint);
        }

        private void Close() => _ = UnbindAsync().AsTask();
    }
}
