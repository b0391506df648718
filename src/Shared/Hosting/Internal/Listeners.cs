using System.Net;
using McpPlatform.Hosting.Health;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Internal;

/// <summary>The two listeners of a process and Kestrel's own limits.</summary>
internal static class Listeners
{
    public static void Configure(KestrelServerOptions kestrel, HostShape shape)
    {
        var listen = kestrel.ApplicationServices.GetRequiredService<IOptions<ListenOptions>>().Value;
        var limits = kestrel.ApplicationServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Listen(Address(listen.Host, "Listen__Host"), listen.Port);
        kestrel.Listen(Address(listen.InternalHost ?? (shape.HostsEverything ? "127.0.0.1" : "0.0.0.0"), "Listen__InternalHost"), listen.InternalPort);
    }

    private static IPAddress Address(string text, string setting) => text switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(text, out var address) ? address : throw new InvalidOperationException($"{setting} is '{text}'; use an IP address, 'localhost' or '*'."),
    };
}
