using McpPlatform.Configuration;
using McpPlatform.Gateway.Attempts;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Launchers;

/// <summary>
/// The launchers that are in force. The file is looked at every two seconds and read when it changed; one that cannot be used leaves the old ones in force.
/// </summary>
internal sealed partial class LauncherBook : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly string? _configured;
    private readonly TimeProvider _time;
    private readonly ILogger<LauncherBook> _logger;
    private volatile Dictionary<string, Launcher> _launchers = [];
    private (string? Path, DateTime Written, long Length) _seen;

    public LauncherBook(IOptions<GatewayOptions> options, TimeProvider time, ILogger<LauncherBook> logger, IConfiguration? settings = null)
    {
        (_configured, _time, _logger) = (options.Value.ConfigFile is { Length: > 0 } own ? own : settings?["MCPP_CONFIG"], time, logger);
        Look();
    }

    /// <summary>Names of launchers that changed or went.</summary>
    public event Action<IReadOnlySet<string>>? Changed;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Launcher> Launchers => _launchers;

    /// <summary>The launcher of this name. Throws <see cref="UpstreamSetupException"/> when there is none.</summary>
    public Launcher Get(string name) => _launchers.TryGetValue(name, out var launcher)
        ? launcher
        : throw new UpstreamSetupException(FailureKind.LauncherUnknown, $"The operator's file has no launcher '{name}'.");

    /// <summary>Reads the file if it changed since the last look.</summary>
    internal void Look()
    {
        try
        {
            // One that is named and not there has no launchers.
            var path = ConfigFiles.Find(_configured, Directory.GetCurrentDirectory()) is { } found && File.Exists(found) ? found : null;
            var file = path is null ? null : new FileInfo(path);
            var now = (path, file?.LastWriteTimeUtc ?? default, file?.Length ?? 0);
            if (now == _seen)
            {
                return;
            }

            _seen = now;
            Replace(path is null ? [] : LauncherFile.Read(path));
            Read(_logger, _launchers.Count, path ?? "no file");
        }
        catch (Exception exception) when (exception is LauncherFileException or IOException or UnauthorizedAccessException)
        {
            NotRead(_logger, _seen.Path ?? "", exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Replace(IReadOnlyList<Launcher> launchers)
    {
        var old = _launchers;
        var next = launchers.ToDictionary(launcher => launcher.Name, StringComparer.Ordinal);
        _launchers = next;
        var changed = old.Values.Where(launcher => !next.TryGetValue(launcher.Name, out var now) || !now.IsSameAs(launcher)).Select(launcher => launcher.Name).ToHashSet(StringComparer.Ordinal);
        if (changed.Count > 0)
        {
            Changed?.Invoke(changed);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} launchers of stdio servers are in force ({Path}).")]
    private static partial void Read(ILogger logger, int count, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} cannot be used; the launchers that were in force stay. {Reason}")]
    private static partial void NotRead(ILogger logger, string path, string reason);
}
