using System.Collections.Concurrent;
using McpPlatform.IntegrationTests.Platform;
using Npgsql;
using Shouldly;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>What was sent, what was answered, and what is stored of it: counts lost, duplicate and phantom records of calls.</summary>
internal sealed class CallLedger
{
    /// <summary>Marks the calls of this ledger: 'm', 8 hex digits of its own, 24 of the call's.</summary>
    private readonly string _prefix = $"m{Guid.NewGuid():n}"[..9];

    private readonly ConcurrentDictionary<string, byte> _sent = new();
    private readonly ConcurrentDictionary<string, byte> _answered = new();
    private readonly ConcurrentQueue<string> _failed = new();

    public int Answered => _answered.Count;

    /// <summary>Calls that failed for good, with why.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    public string Send()
    {
        var marker = $"{_prefix}{Guid.NewGuid():n}"[..33];
        _sent[marker] = 0;
        return marker;
    }

    public void Answer(string marker) => _answered[marker] = 0;

    public void Fail(string marker, string why) => _failed.Enqueue($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {marker}: {why}");

    /// <summary>Waits until every answered call is stored, then counts. An unanswered call may be stored or not, but at most once.</summary>
    public async Task Balance(IPlatformUnderTest platform, TimeSpan patience)
    {
        List<string> stored = [];
        await Until.True(
            async () =>
            {
                stored = await Stored(platform);
                return _answered.Keys.All(stored.ToHashSet().Contains);
            },
            patience,
            () => $"{_answered.Keys.Except(stored).Count()} of {_answered.Count} answered calls are lost.");
        stored.Count.ShouldBe(stored.Distinct().Count(), "duplicate records");
        stored.Where(m => !_sent.ContainsKey(m)).ShouldBeEmpty("phantom records");
    }

    /// <summary>How many answered calls are not stored once no more arrive for a while.</summary>
    public async Task<int> Missing(IPlatformUnderTest platform, TimeSpan patience)
    {
        var (before, since) = (-1, DateTimeOffset.UtcNow);
        await Until.True(
            async () =>
            {
                var stored = (await Stored(platform)).Count;
                if (stored != before)
                {
                    (before, since) = (stored, DateTimeOffset.UtcNow);
                }

                return DateTimeOffset.UtcNow - since > TimeSpan.FromSeconds(3);
            },
            patience);
        return _answered.Keys.Except(await Stored(platform)).Count();
    }

    private async Task<List<string>> Stored(IPlatformUnderTest platform)
    {
        await using var source = NpgsqlDataSource.Create(platform.RuntimeConnection("tracing"));
        await using var connection = await source.OpenConnectionAsync();
        await using (var all = new NpgsqlCommand("SELECT set_config('mcpp.tenant', '*', false)", connection))
        {
            await all.ExecuteNonQueryAsync();
        }

        await using var command = new NpgsqlCommand("SELECT substring(arguments from $1) FROM call_records WHERE arguments ~ $1", connection);
        command.Parameters.AddWithValue($"{_prefix}[0-9a-f]{{24}}");
        await using var reader = await command.ExecuteReaderAsync();
        var markers = new List<string>();
        while (await reader.ReadAsync())
        {
            markers.Add(reader.GetString(0));
        }

        return markers;
    }
}
