using System.Text;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.Balancing;

/// <summary>How an endpoint is chosen among several.</summary>
public enum Algorithm
{
    RoundRobin,
    LeastConnections,
    Random,
    WeightedRandom,
    ConsistentHash,
    PeakEwma,
}

/// <summary>What a consistent hash is made of.</summary>
public enum HashSource
{
    /// <summary>The session; the principal where there is none.</summary>
    Session,
    Principal,

    /// <summary>One argument of the call.</summary>
    Argument,
}

/// <summary>How the calls of one server are spread, compiled from its entry. What this version does not know is round-robin.</summary>
/// <param name="Argument">Name of the argument; empty unless it is hashed.</param>
public sealed record Spread(Algorithm Algorithm, HashSource Source, ReadOnlyMemory<byte> Argument)
{
    private const string ArgumentPrefix = "argument:";

    public static Spread Default { get; } = new(Algorithm.RoundRobin, HashSource.Session, default);

    public static Spread Of(ServerBalancing? balancing) => balancing is null ? Default : new(
        balancing.Algorithm switch
        {
            "least_connections" => Algorithm.LeastConnections,
            "random" => Algorithm.Random,
            "weighted_random" => Algorithm.WeightedRandom,
            "consistent_hash" => Algorithm.ConsistentHash,
            "peak_ewma" => Algorithm.PeakEwma,
            _ => Algorithm.RoundRobin,
        },
        balancing.HashOn switch
        {
            "principal" => HashSource.Principal,
            { } on when on.StartsWith(ArgumentPrefix, StringComparison.Ordinal) => HashSource.Argument,
            _ => HashSource.Session,
        },
        balancing.HashOn is { } name && name.StartsWith(ArgumentPrefix, StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(name[ArgumentPrefix.Length..]) : default);
}
