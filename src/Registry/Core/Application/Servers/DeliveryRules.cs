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

    public static IRuleBuilderOptions<T, ServerTimeouts?> AreTimeouts<T>(this IRuleBuilder<T, ServerTimeouts?> rule) => rule
        .Must(t => t is null || (Within(t.ConnectMs, Minute) && Within(t.HeadersMs, Hour) && Within(t.FirstByteMs, Hour) && Within(t.IdleMs, Hour) && Within(t.TotalMs, 24 * Hour)))
        .WithMessage($"must be milliseconds from {Shortest}: connect_ms up to {Minute}, headers_ms, first_byte_ms and idle_ms up to {Hour}, total_ms up to {24 * Hour}");

    public static IRuleBuilderOptions<T, int?> IsMaxAttempts<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(n => n is null or (>= 1 and <= Delivery.MostAttempts))
        .WithMessage($"must be from 1 (never retried) to {Delivery.MostAttempts}");

    private static bool Within(int? milliseconds, int most) => milliseconds is null || (milliseconds >= Shortest && milliseconds <= most);
}
