namespace McpPlatform.Policy.Domain.Limits;

/// <summary>
/// Who holds which part of which limit, in memory: it is worth nothing after five seconds. A share is given only out of what others do not hold, so that all
/// together have never more than the whole; the exception is the little that a newcomer needs to begin with, until the others have asked again.
/// </summary>
public sealed class LeaseBook(TimeProvider time)
{
    /// <summary>A gateway that has not asked for this long is gone. 5 s: gateways ask every second.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, long> _gateways = [];
    private readonly Dictionary<string, Dictionary<Guid, Lease>> _limits = new(StringComparer.Ordinal);
    private readonly long _startedAt = time.GetTimestamp();
    private long _sweptAt;

    /// <summary>Gateways that asked lately.</summary>
    public int Gateways
    {
        get
        {
            lock (_gate)
            {
                Sweep();
                return _gateways.Count;
            }
        }
    }

    /// <summary>Limits of which somebody holds a share.</summary>
    public int Limits
    {
        get
        {
            lock (_gate)
            {
                Sweep();
                return _limits.Count;
            }
        }
    }

    /// <summary>A gateway is there, or stops.</summary>
    /// <returns>How many there are.</returns>
    public int Greet(Guid gateway, bool isLeaving)
    {
        lock (_gate)
        {
            Sweep();
            if (isLeaving)
            {
                Forget(gateway);
            }
            else
            {
                _gateways[gateway] = time.GetTimestamp();
            }

            return _gateways.Count;
        }
    }

    /// <summary>The share of a limit that a gateway has from now on.</summary>
    /// <param name="demand">What it could use, as a multiple of the whole; 0 = nothing any more.</param>
    /// <param name="held">What it has, of which a service that has just started does not know.</param>
    public double Lend(Guid gateway, string limit, double demand, double held)
    {
        lock (_gate)
        {
            var leases = Living(limit);
            leases.Remove(gateway);
            if (demand <= 0)
            {
                if (leases.Count == 0)
                {
                    _limits.Remove(limit);
                }

                return 0;
            }

            var others = leases.Values.Sum(lease => lease.Share);
            double[] demands = [demand, .. leases.Values.Select(lease => lease.Demand)];
            var fair = Slices.Divide(demands)[0];
            var share = Math.Max(Math.Min(fair, 1 - others), Slices.Least / demands.Length);
            if (IsNew())
            {
                // Others may hold shares that were lent before: nobody gets more than it has, or than an even part of what is not known to be held.
                share = Math.Min(share, Math.Max(held, Slices.Least / demands.Length));
            }

            leases[gateway] = new Lease(share, demand, time.GetTimestamp());
            _limits[limit] = leases;
            return share;
        }
    }

    private bool IsNew() => time.GetElapsedTime(_startedAt) < ValidFor;

    private Dictionary<Guid, Lease> Living(string limit)
    {
        var leases = _limits.GetValueOrDefault(limit) ?? [];
        foreach (var (gateway, lease) in leases)
        {
            if (time.GetElapsedTime(lease.At) > ValidFor)
            {
                leases.Remove(gateway);
            }
        }

        return leases;
    }

    private void Forget(Guid gateway)
    {
        _gateways.Remove(gateway);
        foreach (var (limit, leases) in _limits)
        {
            if (leases.Remove(gateway) && leases.Count == 0)
            {
                _limits.Remove(limit);
            }
        }
    }

    /// <summary>Once a second at most: what expired goes.</summary>
    private void Sweep()
    {
        if (time.GetElapsedTime(_sweptAt) < TimeSpan.FromSeconds(1))
        {
            return;
        }

        _sweptAt = time.GetTimestamp();
        foreach (var (gateway, at) in _gateways)
        {
            if (time.GetElapsedTime(at) > ValidFor)
            {
                _gateways.Remove(gateway);
            }
        }

        foreach (var limit in _limits.Keys)
        {
            if (Living(limit).Count == 0)
            {
                _limits.Remove(limit);
            }
        }
    }

    private readonly record struct Lease(double Share, double Demand, long At);
}
