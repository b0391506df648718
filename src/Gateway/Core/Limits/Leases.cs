using McpPlatform.Contracts.Policy;

namespace McpPlatform.Gateway.Limits;

/// <summary>
/// What this gateway asks the policy service for, and what it does with the answer. Shares that cannot be renewed stay as they are: a gateway that is cut off goes
/// on with what it had. Used by one loop.
/// </summary>
public sealed class Leases(LimitShares shares, TimeProvider time)
{
    /// <summary>A limit that nobody asked for this long goes back. 10 s: pauses of an agent between two steps are shorter.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>What the policy service takes at once; limits beyond it keep the share that they began with.</summary>
    private const int Most = 10_000;

    private readonly Dictionary<string, InUse> _all = new(StringComparer.Ordinal);
    private readonly List<InUse> _asked = [];

    /// <summary>Of this process.</summary>
    public Guid Gateway { get; } = Guid.NewGuid();

    /// <summary>Limits of which this gateway has a share.</summary>
    public int Count => _all.Count;

    /// <summary>Everything that is in use, with what was asked for since the last time.</summary>
    public LimitLeaseRequest All()
    {
        TakeBegun();
        return Ask(_all.Values);
    }

    /// <summary>What began to be used since the last time; null = nothing.</summary>
    public LimitLeaseRequest? Begun() => TakeBegun() is { Count: > 0 } begun ? Ask(begun) : null;

    /// <summary>The last one: everything goes back.</summary>
    public LimitLeaseRequest Leave() => new(Gateway, Leaving: true, []);

    /// <summary>The answer to what was asked last. One that does not fit is ignored.</summary>
    public void Take(LimitLeases answer)
    {
        if (answer.Gateways < 1 || answer.Shares.Count != _asked.Count)
        {
            return;
        }

        shares.Even = 1.0 / answer.Gateways;
        for (var i = 0; i < _asked.Count; i++)
        {
            var use = _asked[i];
            if (use.IsIdle)
            {
                use.Gate.End();
                _all.Remove(use.Gate.Id);
            }
            else if (answer.Shares[i] is > 0 and <= 1)
            {
                shares.Grant(use.Gate, answer.Shares[i]);
            }
        }
    }

    private List<InUse> TakeBegun()
    {
        var begun = new List<InUse>();
        while (shares.TryNext(out var gate))
        {
            var use = new InUse(gate, time.GetTimestamp());
            _all[gate.Id] = use;
            begun.Add(use);
        }

        return begun;
    }

    private LimitLeaseRequest Ask(IEnumerable<InUse> uses)
    {
        _asked.Clear();
        _asked.AddRange(uses.Take(Most));
        return new LimitLeaseRequest(Gateway, Leaving: false, [.. _asked.Select(use => use.Report(time, Idle))]);
    }

    /// <summary>A limit in use and how much of it was asked for lately.</summary>
    private sealed class InUse(RateGate gate, long now)
    {
        private long _asked = gate.AskedBefore;
        private long _lookedAt = now;
        private long _usedAt = now;
        private double _demand;

        public RateGate Gate => gate;

        public bool IsIdle { get; private set; }

        public LimitUsage Report(TimeProvider time, TimeSpan idle)
        {
            var (asked, elapsed) = (gate.Asked, time.GetElapsedTime(_lookedAt));
            if (asked != _asked)
            {
                _usedAt = time.GetTimestamp();
            }

            // Less than a second says little: what came within it is taken for all of that second's.
            var demand = (asked - _asked) / Math.Max(1, elapsed.TotalSeconds) / gate.Terms.Limit.PerSecond;
            (_asked, _lookedAt) = (asked, time.GetTimestamp());

            // Falls slowly: whoever pauses for a moment is not to begin anew.
            _demand = Math.Max(demand, _demand / 2);
            IsIdle = time.GetElapsedTime(_usedAt) > idle;
            return new LimitUsage(gate.Id, IsIdle ? 0 : Math.Max(_demand, 1e-6), gate.Terms.Share);
        }
    }
}
