using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>A rate as it is asked for; without one (an empty object) none is wanted.</summary>
/// <param name="Rate">Calls per second.</param>
/// <param name="Burst">Calls at once after a pause; null = a second's worth, at least one.</param>
public sealed record RateTerms(double? Rate = null, int? Burst = null)
{
    internal CallRate? ToRate() => Rate is { } rate ? new CallRate(rate, Burst) : null;
}

/// <summary>The limits that a request sets; what is null stays as it is.</summary>
/// <param name="Rate">An empty one takes the server's away.</param>
/// <param name="Tools">By name, as a whole; none takes them all away.</param>
/// <param name="MaxConcurrency">0 brings the gateway's own back.</param>
internal sealed record LimitTerms(RateTerms? Rate, IReadOnlyDictionary<string, RateTerms>? Tools, int? MaxConcurrency)
{
    /// <summary>What holds then; null when nothing is left.</summary>
    public ServerLimits? Over(ServerLimits? before)
    {
        var rate = Rate is null ? before?.Rate : Rate.ToRate();
        var tools = Tools is null ? before?.Tools : Tools.Where(t => t.Value.Rate is not null).ToDictionary(t => t.Key, t => t.Value.ToRate()!);
        var most = MaxConcurrency is null ? before?.MaxConcurrency : MaxConcurrency is 0 ? null : MaxConcurrency;
        return rate is null && tools is null or { Count: 0 } && most is null ? null : new ServerLimits(rate, tools is { Count: 0 } ? null : tools, most);
    }
}

/// <summary>Rules for limits, shared by registering and changing.</summary>
internal static class LimitRules
{
    private const int MostTools = 1000;
    private const int MostConcurrency = 100_000;
    private const string Numbers = "rate from 0.01 to 1000000 (calls per second), and a burst from 1 to 1000000 if any";

    public static IRuleBuilderOptions<T, RateTerms?> IsRate<T>(this IRuleBuilder<T, RateTerms?> rule) => rule
        .Must(IsRate)
        .WithMessage($"must have a {Numbers}; an empty object takes the limit away");

    public static IRuleBuilderOptions<T, IReadOnlyDictionary<string, RateTerms>?> AreToolRates<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, RateTerms>?> rule) => rule
        .Must(tools => tools is null || (tools.Count <= MostTools && tools.All(t => IsName(t.Key) && t.Value is not null && IsRate(t.Value))))
        .WithMessage($"must be at most {MostTools} names of tools, each with a {Numbers}");

    public static IRuleBuilderOptions<T, int?> IsMaxConcurrency<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(n => n is null or (>= 0 and <= MostConcurrency))
        .WithMessage($"must be from 1 to {MostConcurrency}; 0 brings the gateway's own back");

    private static bool IsRate(RateTerms? terms) => terms is null
        || (terms.Rate is null ? terms.Burst is null : terms.Rate is >= 0.01 and <= 1_000_000 && terms.Burst is null or (>= 1 and <= 1_000_000));

    private static bool IsName(string name) => name.Length is >= 1 and <= 256 && !name.Any(char.IsControl);
}
