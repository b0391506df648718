using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>Rules for how calls are delivered, shared by registering and changing.</summary>
internal static class DeliveryRules
{
    private const int Shortest = 100;
    private const int Minute = 60_000;
    private const int Hour = 60 * Minute;

    /// <summary>A second: processes that end sooner are better started for each call.</summary>
    private const int ShortestIdle = 1000;

    private const int LongestIdle = 7 * 24 * Hour;

    private static readonly string[] Scopes = ["call", "session", "principal", "tenant", "shared"];

    private static readonly string[] Algorithms = ["round_robin", "least_connections", "random", "weighted_random", "consistent_hash", "peak_ewma"];

    public static IRuleBuilderOptions<T, ServerTimeouts?> AreTimeouts<T>(this IRuleBuilder<T, ServerTimeouts?> rule) => rule
        .Must(t => t is null || (Within(t.ConnectMs, Minute) && Within(t.HeadersMs, Hour) && Within(t.FirstByteMs, Hour) && Within(t.IdleMs, Hour) && Within(t.TotalMs, 24 * Hour)))
        .WithMessage($"must be milliseconds from {Shortest}: connect_ms up to {Minute}, headers_ms, first_byte_ms and idle_ms up to {Hour}, total_ms up to {24 * Hour}");

    public static IRuleBuilderOptions<T, int?> IsMaxAttempts<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(n => n is null or (>= 1 and <= Delivery.MostAttempts))
        .WithMessage($"must be from 1 (never retried) to {Delivery.MostAttempts}");

    public static IRuleBuilderOptions<T, IReadOnlyList<ServerEndpoint>?> AreEndpoints<T>(this IRuleBuilder<T, IReadOnlyList<ServerEndpoint>?> rule) => rule
        .Must(list => list is null || (list.Count is >= 1 and <= Delivery.MostEndpoints
            && list.All(e => e is not null && ServerRules.IsUrl(e.Url) && e.Weight is >= 1 and <= Delivery.MostWeight)
            && list.Select(e => e.Url).Distinct(StringComparer.Ordinal).Count() == list.Count))
        .WithMessage($"must be 1 to {Delivery.MostEndpoints} different addresses, each as for url, with weights from 1 to {Delivery.MostWeight}");

    public static IRuleBuilderOptions<T, ServerBalancing?> IsBalancing<T>(this IRuleBuilder<T, ServerBalancing?> rule) => rule
        .Must(b => b is null || (Algorithms.Contains(b.Algorithm, StringComparer.Ordinal) && IsHashOn(b.HashOn)))
        .WithMessage($"must have an algorithm of {string.Join(", ", Algorithms)}, and for consistent_hash a hash_on of session, principal or argument:NAME");

    public static IRuleBuilderOptions<T, string?> IsScope<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(scope => scope is null || Scopes.Contains(scope, StringComparer.Ordinal))
        .WithMessage($"must be one of {string.Join(", ", Scopes)}");

    public static IRuleBuilderOptions<T, int?> IsIdleStop<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(time => time is null or 0 or (>= ShortestIdle and <= LongestIdle))
        .WithMessage($"must be milliseconds from {ShortestIdle} to {LongestIdle}, or 0 for the gateway's own");

    public static IRuleBuilderOptions<T, int?> IsMaxInstances<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(n => n is null or (>= 0 and <= Delivery.MostInstances))
        .WithMessage($"must be from 1 to {Delivery.MostInstances}, or 0 for the gateway's own");

    /// <summary>What is given instead of what there was; 0 brings the gateway's own back. Null as long as nobody ever said anything.</summary>
    public static ServerProcess? Process(ServerProcess? before, string? scope, int? idleStopMs, int? maxInstances) =>
        before is null && scope is null && idleStopMs is null && maxInstances is null
            ? null
            : new ServerProcess(scope ?? before?.Scope ?? "tenant", NoneIfZero(idleStopMs ?? before?.IdleStopMs), NoneIfZero(maxInstances ?? before?.MaxInstances));

    private static int? NoneIfZero(int? number) => number is 0 ? null : number;

    private static bool IsHashOn(string? on) =>
        on is null or "session" or "principal" || (on.StartsWith("argument:", StringComparison.Ordinal) && on.Length is > 9 and <= 137 && !on.Any(char.IsControl));

    private static bool Within(int? milliseconds, int most) => milliseconds is null || (milliseconds >= Shortest && milliseconds <= most);
}
