using System.Net;
using System.Net.Sockets;

namespace McpPlatform.Net;

/// <summary>
/// Makes the only kind of handler with which the platform connects to addresses that came from outside. The host is resolved once, every address is
/// checked, and the socket goes to a checked address: a second answer of the name server is never asked for (DNS rebinding). Redirects, cookies and
/// proxies are off. One handler per <see cref="EgressPolicy"/>; it pools connections, so keep it as long as the upstream lives, then dispose it.
/// </summary>
public static class GuardedHttpHandler
{
    /// <summary>A new handler. Refusals surface as <see cref="HttpRequestException"/> around <see cref="EgressDeniedException"/>.</summary>
    public static SocketsHttpHandler Create(EgressPolicy policy, GuardedHttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var settings = options ?? new GuardedHttpOptions();
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = settings.Decompression,
            ConnectTimeout = settings.ConnectTimeout,
            PooledConnectionLifetime = settings.PooledConnectionLifetime,
            MaxResponseHeadersLength = settings.MaxResponseHeadersKilobytes,
            MaxConnectionsPerServer = settings.MaxConnectionsPerServer,
            // Trace context is the sender's to set; left to the handler, the caller's baggage would go with it.
            ActivityHeadersPropagator = null,

            // What a server that does not know "Expect: 100-continue" costs a large request; one that does answers within a round trip.
            Expect100ContinueTimeout = TimeSpan.FromMilliseconds(300),

            // An answer that nobody waits for any more is read on for this long, so that a stream which is about to end gives its connection back. The default of
            // 2 s would keep a server working that long for a caller who has gone.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(25),
            ConnectCallback = async (context, ct) => await Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, policy, settings, ct),
        };
    }

    /// <summary>Resolves and checks a host as a handler would, without connecting: for an early answer to whoever configures an upstream.</summary>
    /// <returns>Every address of the host, at least one.</returns>
    /// <exception cref="EgressDeniedException">The policy refuses the host or one of its addresses.</exception>
    /// <exception cref="SocketException">The host does not resolve.</exception>
    public static async Task<IPAddress[]> ResolveChecked(string host, int port, EgressPolicy policy, GuardedHttpOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(policy);
        policy.CheckHost(host, port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await (options ?? new GuardedHttpOptions()).Resolve(host, ct);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        foreach (var address in addresses)
        {
            policy.CheckAddress(host, port, address);
        }

        return addresses;
    }

    private static async ValueTask<Stream> Connect(string host, int port, EgressPolicy policy, GuardedHttpOptions options, CancellationToken ct)
    {
        var addresses = await ResolveChecked(host, port, policy, options, ct);
        for (var i = 0; ; i++)
        {
            var isLast = i == addresses.Length - 1;
            try
            {
                // A dead address must leave the next one time: each but the last gets an equal share.
                return await ConnectTo(addresses[i], port, isLast ? Timeout.InfiniteTimeSpan : options.ConnectTimeout / addresses.Length, ct);
            }
            catch (Exception failed) when (!isLast && (failed is SocketException || (failed is OperationCanceledException && !ct.IsCancellationRequested)))
            {
                // The next address may answer; the last one's failure is the one that is reported.
            }
        }
    }

    private static async Task<Stream> ConnectTo(IPAddress address, int port, TimeSpan limit, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timer.CancelAfter(limit);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), timer.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
