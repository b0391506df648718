using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>The embedding of one definition: made once for all tools of a tenant that have the same definition.</summary>
public sealed class ToolEmbedding : ITenantOwned
{
    public const int MaxSpaceLength = 160;

    private ToolEmbedding()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>Of the definition.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>What vectors must have in common to be compared: the model and its numbers.</summary>
    public string Space { get; private set; } = "";

    /// <summary>Quantised, as gateways compare it.</summary>
    public byte[] Vector { get; private set; } = [];

    public DateTimeOffset CreatedAt { get; private set; }

    public static ToolEmbedding Of(Guid tenantId, string hash, string space, byte[] vector, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, Hash = hash, Space = space, Vector = vector, CreatedAt = now };
}
