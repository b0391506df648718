using FluentValidation;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>Which tools' results may be kept, as it is asked for; without tools (an empty object) of none.</summary>
/// <param name="Tools">The server's own names of them, or patterns in which <c>*</c> stands for anything; by a pattern only tools with <c>readOnlyHint</c> are meant.</param>
/// <param name="TtlMs">How long a result is good for, in milliseconds.</param>
/// <param name="Scope"><c>principal</c> (default): for whoever asked. <c>tenant</c>: for everybody of the tenant who may call the tool.</param>
public sealed record CacheTerms(IReadOnlyList<string>? Tools = null, int? TtlMs = null, string? Scope = null)
{
    /// <summary>What holds then.</summary>
    internal static ServerCache? Over(CacheTerms? terms, ServerCache? before) =>
        terms is null ? before : terms.Tools is { Count: > 0 } tools ? new ServerCache(tools, terms.TtlMs!.Value, terms.Scope ?? ServerCache.Principal) : null;
}

/// <summary>Rules for what may be kept, shared by registering and changing.</summary>
internal static class CacheRules
{
    private const int MostTools = 100;
    private const int LongestTtl = 24 * 3600 * 1000;

    public static IRuleBuilderOptions<T, CacheTerms?> AreCacheTerms<T>(this IRuleBuilder<T, CacheTerms?> rule) => rule
        .Must(terms => terms is null or { Tools: null, TtlMs: null, Scope: null } || (terms is { Tools.Count: >= 1 and <= MostTools, TtlMs: >= 1 and <= LongestTtl } && terms.Tools.All(IsName) && IsScope(terms.Scope)))
        .WithMessage($"must have tools (1 to {MostTools} names or patterns), ttl_ms (1 to {LongestTtl}) and a scope of principal or tenant if any; an empty object takes it away");

    private static bool IsScope(string? scope) => scope is null or ServerCache.Principal or ServerCache.Tenant;

    private static bool IsName(string? name) => name is { Length: >= 1 and <= 256 } && !name.Any(char.IsControl);
}
