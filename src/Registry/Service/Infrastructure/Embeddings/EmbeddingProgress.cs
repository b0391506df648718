using System.Diagnostics.Metrics;

namespace McpPlatform.Registry.Infrastructure.Embeddings;

/// <summary>How far the definitions are embedded, for health and metrics.</summary>
internal sealed class EmbeddingProgress
{
    private static readonly Meter Meter = new("McpPlatform.Registry");

    private static EmbeddingProgress? _measured;

    private string? _failure;
    private int _waiting;

    static EmbeddingProgress() =>
        Meter.CreateObservableGauge("mcpp.registry.embeddings.waiting", static () => _measured?.Waiting ?? 0, "{definition}", "Definitions that tool sets search and that have no embedding yet: they are found by words alone.");

    public EmbeddingProgress() => _measured = this;

    /// <summary>Definitions without one.</summary>
    public int Waiting
    {
        get => Volatile.Read(ref _waiting);
        set => Volatile.Write(ref _waiting, value);
    }

    /// <summary>Why the last request got none; null while all is well.</summary>
    public string? Failure
    {
        get => Volatile.Read(ref _failure);
        set => Volatile.Write(ref _failure, value);
    }
}
