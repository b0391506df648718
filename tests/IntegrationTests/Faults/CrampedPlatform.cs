using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>A gateway whose spool, and a PostgreSQL whose data, lie each on a disk that is soon full. Space is all it takes to recover, so one after the other finds it whole.</summary>
public sealed class CrampedPlatform : IAsyncLifetime
{
    private SmallDisk? _spool;
    private SmallDisk? _database;
    private Steps? _steps;

    internal SmallDisk Spool => _spool!;

    internal SmallDisk Database => _database!;

    /// <summary>Skips the test where such a disk cannot be had.</summary>
    internal Steps Get()
    {
        Assert.SkipWhen(_steps is null, "Mounting a small file system needs root with CAP_SYS_ADMIN.");
        return _steps!;
    }

    public async ValueTask InitializeAsync()
    {
        if (!await SmallDisk.IsPossible())
        {
            return;
        }

        var spool = Directory.CreateTempSubdirectory("mcpp-spool-").FullName;
        _spool = await SmallDisk.Mount(spool, 3);
        var settings = new Dictionary<string, string> { ["Gateway__Folder"] = spool, ["Gateway__RequestsPerSecond"] = "10000", ["Gateway__Burst"] = "10000", ["Gateway__ResendAfter"] = "00:00:05" };
        _steps = await Steps.With(await DistributedPlatform.Create(
            settings: settings, prepare: async data => _database = await SmallDisk.Mount(Path.Combine(data, "postgres"), 220)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_steps is null)
        {
            return;
        }

        // A disk that is in use cannot be taken away.
        await ((DistributedPlatform)_steps.Platform).Stop();
        await Spool.DisposeAsync();
        await Database.DisposeAsync();
        await _steps.DisposeAsync();
    }
}
