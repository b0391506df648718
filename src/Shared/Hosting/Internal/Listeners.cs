using System.Net;
using System.Net.Sockets;
using McpPlatform.Hosting.Draining;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Internal;

/// <summary>The listeners of a process and Kestrel's own limits.</summary>
internal static class Listeners
{
    // Linux, asm-generic/socket.h.
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    public static void Configure(KestrelServerOptions kestrel, HostShape shape)
    {
        var listen = kestrel.ApplicationServices.GetRequiredService<IOptions<ListenOptions>>().Value;
        var limits = kestrel.ApplicationServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Listen(Address(listen.Host, "Listen__Host"), listen.Port);
        if (shape.HasEdge)
        {
            kestrel.Listen(Address(listen.InternalHost ?? (shape.HostsEverything ? "127.0.0.1" : "0.0.0.0"), "Listen__InternalHost"), listen.InternalPort);
        }
    }

    public static void Configure(SocketTransportOptions sockets, ListenOptions listen, ListenerHandover handover)
    {
        if (listen.ReusePort && !OperatingSystem.IsLinux())
        {
            throw new InvalidOperationException("Listen__ReusePort works on Linux only. Give each process ports of its own instead.");
        }

        Func<EndPoint, Socket> bind = listen.ReusePort ? BindShared : SocketTransportOptions.CreateDefaultBoundListenSocket;
        sockets.CreateBoundListenSocket = endpoint => handover.Bind(endpoint, bind);
    }

    private static Socket BindShared(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        socket.Bind(endpoint);
        return socket;
    }

    private static IPAddress Address(string text, string setting) => text switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(text, out var address) ? address : throw new InvalidOperationException($"{setting} is '{text}'; use an IP address, 'localhost' or '*'."),
    };
}
