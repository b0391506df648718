using System.Net;
using McpPlatform.Benchmarks.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>This program as one of the other parties of a measurement, each in a process of its own as the gateway is. Ends with its standard input.</summary>
internal static class Serving
{
    public static async Task<int> Run(string role, string[] args)
    {
        await using var app = NewApp();
        switch (role, args)
        {
            case ("upstream", []):
                UpstreamServer.Map(app);
                break;
            case ("remembering", []):
                RememberingServer.Map(app);
                break;
            case ("forwarder", [var target]):
                Forwarder.Map(app, new Uri(target));
                break;
            default:
                await Console.Error.WriteLineAsync($"There is no role {role}.");
                return 2;
        }

        await app.StartAsync();
        await Console.Out.WriteLineAsync(Address(app));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    /// <summary>Kestrel on a free loopback port, without logs.</summary>
    public static WebApplication NewApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            // As the gateway's own.
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        return builder.Build();
    }

    public static string Address(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
