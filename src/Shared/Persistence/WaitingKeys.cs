using System.Collections.Concurrent;

namespace McpPlatform.Persistence;

/// <summary>
/// Order keys whose first event could not be sent, and how long they wait for their next try: 1 s, twice as long each time, at most 30 s. Known to one
/// dispatcher only: another replica may well be able to send what this one cannot read.
/// </summary>
internal sealed class WaitingKeys(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Pause> _pauses = new();

    /// <summary>The keys that are not due yet.</summary>
    public Guid[] Current()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, pause) in _pauses)
        {
            // Nobody tried it when it was due: another replica has sent it.
            if (pause.Until + Longest < now)
            {
                _pauses.TryRemove(key, out _);
            }
        }

        return [.. _pauses.Where(p => p.Value.Until > now).Select(p => p.Key)];
    }

    /// <summary>Its first event failed; answers how long it waits.</summary>
    public TimeSpan Add(Guid key)
    {
        var now = clock.GetUtcNow();
        var pause = _pauses.AddOrUpdate(
            key,
            static (_, now) => new Pause(now + First, First),
            static (_, last, now) => last.Length * 2 is var longer && longer < Longest ? new Pause(now + longer, longer) : new Pause(now + Longest, Longest),
            now);
        return pause.Length;
    }

    /// <summary>All that was taken of it is sent.</summary>
    public void Remove(Guid key) => _pauses.TryRemove(key, out _);

    private readonly record struct Pause(DateTimeOffset Until, TimeSpan Length);
}
