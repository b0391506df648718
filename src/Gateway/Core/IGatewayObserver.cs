namespace McpPlatform.Gateway;

/// <summary>What the hot path tells the outer ring, which logs it. Called at state changes only, never once per call; must not throw or block.</summary>
public interface IGatewayObserver
{
    /// <summary>Call records cannot be written to disk; those of the calls answered meanwhile are lost.</summary>
    void SpoolFailed(Exception exception);

    /// <summary>The breaker of an endpoint opened, or closed again.</summary>
    /// <param name="endpoint">Its id.</param>
    void BreakerChanged(string server, string endpoint, bool isOpen);

    /// <summary>Records in the spool were damaged and could not be read back.</summary>
    void SpoolDamaged(long segment, long offset, long bytes);

    /// <summary>A newer snapshot rules.</summary>
    /// <param name="name"><c>policy</c> or <c>registry</c>.</param>
    void SnapshotTaken(string name, long version);

    /// <summary>A snapshot was ignored: older than what rules, empty, contradictory, or (version null) unreadable.</summary>
    void SnapshotRefused(string name, long? version);

    /// <summary>A snapshot, the file of one, or what a server shows beside it, cannot be read or used; what ruled before goes on.</summary>
    void SnapshotUnreadable(string name, Exception exception);

    /// <summary>A snapshot rules but is not on disk: a cold start would miss it.</summary>
    void SnapshotNotKept(string name, Exception exception);

    /// <summary>Clients get a tool otherwise than its server defines it, since they would break on it. Once for each definition.</summary>
    /// <param name="repairs">What is different, for people.</param>
    void ToolRepaired(string server, string tool, string repairs);

    /// <summary>A tool set is not served, since the others hold as much as those of its tenant may. Once, until it is served again.</summary>
    void ToolSetLeftOut(Guid tenantId, string slug);

    /// <summary>The policy that rules has malformed parts, which deny, or keys that authenticate nobody.</summary>
    void PolicyMalformed(int problems);
}
