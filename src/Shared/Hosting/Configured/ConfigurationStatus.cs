using McpPlatform.Configuration;
using McpPlatform.Kernel;

namespace McpPlatform.Hosting.Configured;

/// <summary>How a service stands to the configuration.</summary>
public enum ConfigurationState
{
    /// <summary>This process reads none: servers and policies are those of the API.</summary>
    None,

    /// <summary>It was found, and its database is not there yet.</summary>
    Waiting,

    /// <summary>What it says is in force.</summary>
    InForce,

    /// <summary>It cannot be used; what was in force before stays.</summary>
    Refused,
}

/// <summary>What a service says of its configuration.</summary>
/// <param name="Source">Name of the file, without its folder.</param>
/// <param name="At">When it came into this state.</param>
/// <param name="Problems">Why it is refused: place, member, reason and fix. Never values.</param>
public sealed record ConfigurationStatus(ConfigurationState State, string? Source, DateTimeOffset? At, IReadOnlyList<ErrorDetail> Problems)
{
    public static ConfigurationStatus None { get; } = new(ConfigurationState.None, null, null, []);
}

/// <summary>Takes a configuration over, or says what would change.</summary>
public interface IConfigurationTaker
{
    /// <summary>Name of the module.</summary>
    string Module { get; }

    /// <summary>Makes this service's part of the current tenant's records what the configuration says, all of it or nothing.</summary>
    /// <param name="isPlan">Changes nothing, and says what it would.</param>
    /// <param name="mayLimitTenant">Whether the configuration has a say in the tenant's own bound.</param>
    Task<Result<DeclaredPlan>> Take(IServiceProvider services, LoadedConfiguration configuration, bool isPlan, bool mayLimitTenant, CancellationToken cancellationToken);
}

internal static class Problems
{
    /// <summary>Problems with their places, as an answer tells them.</summary>
    public static IReadOnlyList<ErrorDetail> Told(this IEnumerable<ConfigProblem> problems) =>
        [.. problems.Select(p => new ErrorDetail(p.Path, $"{p.At.Source}{(p.At.Line == 0 ? "" : $":{p.At.Line}:{p.At.Column}")}: {p.Reason} {p.Fix}"))];

    /// <summary>A refusal of the service, with the places of what it is about.</summary>
    public static IReadOnlyList<ErrorDetail> Told(this Error error, LoadedConfiguration configuration) => error.Details is { Count: > 0 } details
        ? [.. details.Select(d => new ErrorDetail(d.Field, $"{configuration.OriginOf(d.Field)}: {d.Message}"))]
        : [new ErrorDetail("", error.Message)];
}
