using McpPlatform.Benchmarks.Measuring;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>A process between client and upstream, which is measured.</summary>
internal interface IParty
{
    /// <summary>What it has used so far.</summary>
    Task<Spending> Spent();
}
