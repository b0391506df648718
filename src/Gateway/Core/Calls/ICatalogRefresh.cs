using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Calls;

/// <summary>Looks again at a server whose answer shows that it has other definitions than are known here.</summary>
public interface ICatalogRefresh
{
    /// <summary>The tool as its server defines it now; null when that is what was known, or could not be found out. A server is looked at now and then only, however often it is asked for.</summary>
    ValueTask<ToolRoute?> Refresh(ToolRoute tool, CancellationToken cancellationToken);
}
