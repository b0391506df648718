namespace McpPlatform.Tracing.Application.Traces;

/// <summary>Which calls are asked for; null = any. All that are given must hold; texts are compared exactly.</summary>
public sealed record CallFilter(TimeRange Range)
{
    public string? Subject { get; init; }

    public string? Server { get; init; }

    public string? Tool { get; init; }

    public string? Method { get; init; }

    public string? Status { get; init; }

    public string? RequestId { get; init; }

    public string? TraceId { get; init; }

    public long? MinDurationMicroseconds { get; init; }
}
