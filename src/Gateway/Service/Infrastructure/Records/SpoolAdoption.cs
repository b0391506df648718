using McpPlatform.Gateway.Spool;
using McpPlatform.Messaging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Records;

/// <summary>
/// A spool belongs to one process. While a gateway is replaced by one that overlaps it, the new one begins a spool of its own beside the old one's, and sends what the old one leaves
/// behind as soon as that has gone.
/// </summary>
internal sealed partial class SpoolAdoption(
    SpoolOptions options,
    CallSpool own,
    IOptions<GatewayOptions> gateway,
    IGatewayObserver observer,
    IEventBus bus,
    IHttpClientFactory clients,
    TimeProvider time,
    ILogger<SpoolSender> sending,
    ILogger<SpoolAdoption> logger) : BackgroundService
{
    /// <summary>Spools side by side at most: the one in use, and those of predecessors that have not ended yet.</summary>
    private const int Most = 9;

    /// <summary>5 s: what a predecessor could not send is in the trace list a moment after it ended.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Opens the spool, or one beside it while a predecessor has it.</summary>
    /// <param name="overlaps">Whether this process may start while the one it replaces still runs; if not, a spool in use means a mistake, and <see cref="IOException"/> is thrown.</param>
    public static CallSpool Open(SpoolOptions options, bool overlaps, IGatewayObserver observer, TimeProvider time)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return new CallSpool(options with { Folder = FolderOf(options, number) }, observer, time);
            }
            catch (IOException) when (overlaps && number < Most)
            {
                // In use; the next one may be free.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do
            {
                for (var number = 1; number <= Most; number++)
                {
                    await Adopt(FolderOf(options, number), stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next process goes on with it.
        }
    }

    private async Task Adopt(string folder, CancellationToken stoppingToken)
    {
        if (folder == own.Path || !Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*.segment").Any())
        {
            return;
        }

        CallSpool left;
        try
        {
            left = new CallSpool(options with { Folder = folder }, observer, time);
        }
        catch (IOException)
        {
            // Still in use.
            return;
        }

        await using (left)
        {
            using var sender = new SpoolSender(new SpoolOutbox(left, gateway.Value.ResendAfter, observer, time), left, bus, clients, time, sending);
            Adopted(logger, folder);
            await sender.SendAll(stoppingToken);
        }
    }

    private static string FolderOf(SpoolOptions options, int number) => number == 1 ? options.Folder : $"{options.Folder}-{number}";

    [LoggerMessage(Level = LogLevel.Information, Message = "A predecessor left call records in {Folder}; they are sent now.")]
    private static partial void Adopted(ILogger logger, string folder);
}
