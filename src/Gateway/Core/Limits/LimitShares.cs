using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace McpPlatform.Gateway.Limits;

/// <summary>
/// The limits that are in use here, and this gateway's shares of them. A limit that begins to be used starts with an even share, of which the policy service knows
/// a moment later; nothing waits for it. A gateway that is alone has all of every limit.
/// </summary>
/// <param name="isAlone">True when there is no other gateway: nothing is shared then.</param>
public sealed class LimitShares(bool isAlone, TimeProvider time)
{
    private readonly ConcurrentQueue<RateGate> _begun = new();
    private double _even = 1;

    /// <summary>Raised when a limit begins to be used that others may use as well. Must not block.</summary>
    public event Action? Begun;

    /// <summary>The share of a limit of which nothing is known yet: one part of as many as there are gateways.</summary>
    public double Even
    {
        get => Volatile.Read(ref _even);
        set => Volatile.Write(ref _even, value);
    }

    /// <summary>Takes one; false when there is none left.</summary>
    public bool TryTake(RateGate gate, out LimitUse use)
    {
        if (!isAlone && !gate.IsShared && gate.TryBegin())
        {
            gate.Share(Even, time);
            _begun.Enqueue(gate);
            Begun?.Invoke();
        }

        return gate.TryTake(time, out use);
    }

    /// <summary>The next limit that began to be used.</summary>
    public bool TryNext([NotNullWhen(true)] out RateGate? gate) => _begun.TryDequeue(out gate);

    /// <summary>This gateway may use so much of a limit from now on.</summary>
    public void Grant(RateGate gate, double share) => gate.Share(share, time);
}
