using System.Net;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Net;
using McpPlatform.Packs;
using McpPlatform.Packs.Calls;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.PackRuntime;

/// <summary>
/// Serves one pack until it is told to stop: by SIGTERM, which lets running calls end, or by the end of the secrets channel, which says that the parent is
/// gone. Exit codes: 0 ended as told, 2 called wrongly, 3 the pack or its secrets cannot be used, 4 a port is taken.
/// </summary>
internal static partial class RuntimeHost
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    public static async Task<int> Run(string[] args)
    {
        if (!RuntimeOptions.TryParse(args, out var options))
        {
            await Console.Error.WriteLineAsync(RuntimeOptions.Usage);
            return 2;
        }

        using var channel = RuntimeSecrets.Open(options.SecretsDescriptor);
        CompiledPack pack;
        try
        {
            pack = PackLock.Read(await File.ReadAllBytesAsync(options.Pack));
        }
        catch (Exception unusable) when (unusable is InvalidPackException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(unusable.Message);
            return 3;
        }

        if (await RuntimeSecrets.Read(channel) is not { Bearer.Length: >= 32 } secrets)
        {
            await Console.Error.WriteLineAsync("The secrets channel must begin with one line of JSON: bearer (32 characters or more), secrets, allow_private.");
            return 3;
        }

        await using var app = Build(options, pack, secrets);
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync(taken.Message);
            return 4;
        }

        Announce(app, pack);
        _ = StopWithParent(channel, app.Lifetime);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static WebApplication Build(RuntimeOptions options, CompiledPack pack, RuntimeSecrets secrets)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddJsonConsole(json => json.UseUtcTimestamp = true).SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Listen(options.Host, options.Port);
            kestrel.Listen(IPAddress.Loopback, options.ManagementPort);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainLimit);
        builder.Services.AddSingleton(new SessionKeyRing(new SessionKey(1, RandomNumberGenerator.GetBytes(32))));
        builder.Services.AddMcpEndpoint();

        // The pack's own hosts and nothing else, whatever an argument or an answer says.
        var hosts = pack.Hosts().Select(EgressRule.Parse).ToList();
        var policy = new EgressPolicy { OnlyTo = hosts, Allow = [.. secrets.AllowPrivate.Select(EgressRule.Parse)] };
        builder.Services.AddSingleton(pack);
        builder.Services.AddSingleton(_ => new HttpClient(GuardedHttpHandler.Create(policy, new GuardedHttpOptions { Decompression = DecompressionMethods.All })) { Timeout = Timeout.InfiniteTimeSpan });
        builder.Services.AddSingleton(p => new PackCaller(pack, new PackSecrets(secrets.Secrets), p.GetRequiredService<HttpClient>(), TimeProvider.System));
        builder.Services.AddSingleton<PackServer>();

        var app = builder.Build();
        var bearer = SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {secrets.Bearer}"));
        var server = app.Services.GetRequiredService<PackServer>();
        var management = new Lazy<int>(() => Ports(app.Services)[1]); // known once it listens
        app.Use((context, next) => Guard(context, next, bearer, management.Value));
        app.MapMcp("/mcp", _ => server);
        var life = app.Lifetime;
        app.MapGet("/healthz/startup", () => Results.Text("ok"));
        app.MapGet("/healthz/live", () => Results.Text("ok"));
        app.MapGet("/healthz/ready", () => life.ApplicationStopping.IsCancellationRequested ? Results.Text("stopping", statusCode: 503) : Results.Text("ok"));
        return app;
    }

    /// <summary>Each port has its own paths; the MCP endpoint wants the bearer. Hashes are compared, so that neither length nor content shows in the time taken.</summary>
    private static Task Guard(HttpContext context, RequestDelegate next, byte[] bearer, int managementPort)
    {
        var isManagement = context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal);
        if (isManagement != (context.Connection.LocalPort == managementPort))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (isManagement || CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())), bearer))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    private static int[] Ports(IServiceProvider services) =>
        [.. services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a).Port)];

    private static void Announce(WebApplication app, CompiledPack pack)
    {
        var ports = Ports(app.Services);
        Listening(app.Logger, ports[0], ports[1], pack.Pack.Name, pack.Pack.Version, pack.Tools.Count);
    }

    private static async Task StopWithParent(StreamReader channel, IHostApplicationLifetime life)
    {
        // Nothing more is said on the channel; that it ends is the message.
        while (await channel.ReadLineAsync() is not null)
        {
        }

        life.StopApplication();
    }

    [LoggerMessage(EventId = 1, EventName = "listening", Level = LogLevel.Information, Message = "Serving {Pack} {Version} with {Tools} tools on port {Port}, management on {ManagementPort}.")]
    private static partial void Listening(ILogger logger, int port, int managementPort, string pack, string version, int tools);
}
