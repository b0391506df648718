using System.Net;
using Microsoft.Extensions.Configuration;

namespace McpPlatform.Hosting.Health;

/// <summary>The verb <c>health</c>: asks a running process for its own health, for containers, whose images hold neither a shell nor curl.</summary>
internal static class HealthProbe
{
    /// <summary>4 s: below the 5 s that the images give a check, so that the answer is ours and not a kill.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The settings that decide where the process listens: as it reads them itself.</summary>
    public static IConfiguration Settings(CommandLine command) =>
        new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddInMemoryCollection(command.Settings).Build();

    /// <summary>0 when the process answers that it can do its work; 1, with the reason on standard error, when it does not.</summary>
    public static async Task<int> Ask(IConfiguration settings)
    {
        var address = Address(settings.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new ListenOptions());
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(address);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{address} answers {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer.");
        }

        return 1;
    }

    // What listens on every address is asked on loopback.
    private static Uri Address(ListenOptions listen)
    {
        var host = listen.Host is "*" or "localhost" || (IPAddress.TryParse(listen.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            ? "127.0.0.1"
            : listen.Host;
        return new UriBuilder(Uri.UriSchemeHttp, host, listen.Port, "/health").Uri;
    }
}
