namespace McpPlatform.Gateway;

/// <summary>What the hot path tells the outer ring, which logs it. Called at state changes only, never once per call; must not throw or block.</summary>
public interface IGatewayObserver
{
    /// <summary>Call records cannot be written to disk; those of the calls answered meanwhile are lost.</summary>
    void SpoolFailed(Exception exception);

    /// <summary>Records in the spool were damaged and could not be read back.</summary>
    void SpoolDamaged(long segment, long offset, long bytes);
}
