namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Feature of a request that another process of the platform took in and passed on: Origin and Host were checked there.</summary>
public sealed class SourceWasChecked
{
    private SourceWasChecked()
    {
    }

    /// <summary>The only one.</summary>
    public static SourceWasChecked Mark { get; } = new();
}
