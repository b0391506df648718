using System.Runtime.InteropServices;
using McpPlatform.Configuration;
using McpPlatform.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Hosting.Configured;

/// <summary>
/// Keeps one service's part of the default tenant what the operator's configuration says. The file, and those that it takes values from, are looked at four times a
/// second; a change is taken over when it has not changed again by the next look, so that a file that is still being written is not read. Everything is checked
/// first and taken over in one transaction: a mistake leaves what was in force, and is told by log, API and doctor. SIGHUP reads it at once.
/// </summary>
internal sealed partial class ConfigurationWatch<TTaker>(
    TTaker taker,
    IServiceScopeFactory scopes,
    IEnumerable<IDatabaseMigrator> databases,
    IConfiguration settings,
    HostShape shape,
    TimeProvider clock,
    ILogger<ConfigurationWatch<TTaker>> logger) : BackgroundService
    where TTaker : IConfigurationTaker
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Two seconds: the database, or another replica that takes the same over at the same time.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyDictionary<string, string> _environment = LoadedConfiguration.ProcessEnvironment();
    private volatile ConfigurationStatus _status = ConfigurationStatus.None;
    private volatile bool _isAsked;
    private string _taken = "";
    private string _refused = "";

    /// <summary>How it stands now.</summary>
    public ConfigurationStatus Status => _status;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // With everything in one process the file is looked for; a service of its own has to be told, as its folder may hold anybody's.
        var named = settings["MCPP_CONFIG"];
        if (string.IsNullOrEmpty(named) && !shape.HostsEverything && string.IsNullOrEmpty(settings["MCP_SERVER_URL"]))
        {
            return;
        }

        using var signal = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => (context.Cancel, _isAsked) = (true, true));
        try
        {
            using var timer = new PeriodicTimer(LookEvery, clock);
            var (seen, done, path) = ("", "", default(string));
            IReadOnlyCollection<string> files = [];
            do
            {
                // A file that goes away leaves what it said: a mistyped mv must not take every server down.
                var found = !string.IsNullOrEmpty(named) || shape.HostsEverything ? ConfigFiles.Find(named, Directory.GetCurrentDirectory()) : null;
                if (path is not null && (found is null || !File.Exists(found)))
                {
                    Gone(path);
                    done = "";
                    continue;
                }

                var now = found is null ? "environment" : Stamp([found, .. files]);
                (var isStill, seen) = (now == seen || done.Length == 0, now);
                if (!isStill || (now == done && !_isAsked))
                {
                    continue;
                }

                _isAsked = false;
                var loaded = found is null ? LoadedConfiguration.OfEnvironment(_environment) : LoadedConfiguration.OfFile(found, _environment);
                if (loaded is null)
                {
                    done = now;
                    continue;
                }

                // With other files to watch it is read once more: they may have changed before anybody looked.
                var areKnown = files.Count == loaded.Files.Count && loaded.Files.All(files.Contains);
                (path, files) = (File.Exists(found) ? found : null, loaded.Files);
                done = await TryTake(loaded, stoppingToken) && areKnown ? now : "";
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>False when it has to be tried again without another change of the file.</summary>
    private async Task<bool> TryTake(LoadedConfiguration loaded, CancellationToken cancellationToken)
    {
        if (loaded.Problems.Count > 0)
        {
            Refuse(loaded.Source, loaded.Problems.Told(), loaded.Hash);
            return true;
        }

        if (loaded.Hash == _taken && _status.State == ConfigurationState.InForce)
        {
            return true;
        }

        try
        {
            var ready = databases.Single(d => d.Module == taker.Module).Ready;
            if (!ready.IsCompleted)
            {
                _status = new ConfigurationStatus(ConfigurationState.Waiting, loaded.Source, clock.GetUtcNow(), []);
                await ready.WaitAsync(cancellationToken);
            }

            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(DefaultTenant.Id, $"system:{loaded.Source}");
            var result = await taker.Take(scope.ServiceProvider, loaded, isPlan: false, mayLimitTenant: true, cancellationToken);
            if (result.Error is { } error)
            {
                Refuse(loaded.Source, error.Told(loaded), loaded.Hash);

                // What others have may have gone by then.
                await Task.Delay(TryAgain, clock, cancellationToken);
                return false;
            }

            (_taken, _refused) = (loaded.Hash, "");
            _status = new ConfigurationStatus(ConfigurationState.InForce, loaded.Source, clock.GetUtcNow(), []);
            var changes = result.Value.Changes.Count(c => c.Action != DeclaredAction.Move);
            Taken(logger, taker.Module, loaded.Source, changes);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_refused != loaded.Hash)
            {
                _refused = loaded.Hash;
                Failed(logger, taker.Module, loaded.Source, exception);
            }

            _status = new ConfigurationStatus(ConfigurationState.Refused, loaded.Source, clock.GetUtcNow(), [new ErrorDetail("", $"It could not be stored ({exception.GetType().Name}); it is tried again every {TryAgain.TotalSeconds:0} s.")]);
            await Task.Delay(TryAgain, clock, cancellationToken);
            return false;
        }
    }

    private void Refuse(string source, IReadOnlyList<ErrorDetail> problems, string hash)
    {
        if (_refused == hash)
        {
            return;
        }

        _refused = hash;
        _status = new ConfigurationStatus(ConfigurationState.Refused, source, clock.GetUtcNow(), problems);
        var told = string.Join("\n", problems.Take(10).Select(p => p.Field.Length == 0 ? p.Message : $"{p.Field}: {p.Message}"));
        Refused(logger, taker.Module, source, told);
    }

    private void Gone(string path)
    {
        if (_refused != path)
        {
            Refuse(Path.GetFileName(path), [new ErrorDetail("", "The file is gone; what it declared stays. To declare nothing, write a file with 'servers: {}'.")], path);
        }
    }

    // Content is compared afterwards, by hash.
    private static string Stamp(IEnumerable<string> files) => string.Join('|', files.Select(f =>
    {
        var file = new FileInfo(f);
        return $"{f} {(file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : "-")}";
    }));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source} is in force in {Module}: {Changes} changes.")]
    private static partial void Taken(ILogger logger, string module, string source, int changes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} cannot be used; what was in force in {Module} stays. {Problems}")]
    private static partial void Refused(ILogger logger, string module, string source, string problems);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} could not be taken over by {Module}; it is tried again.")]
    private static partial void Failed(ILogger logger, string module, string source, Exception exception);
}
