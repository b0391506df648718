using Microsoft.Extensions.Logging;

namespace McpPlatform.Gateway.Infrastructure;

/// <summary>Logs what the hot path reports.</summary>
internal sealed partial class GatewayObserver(ILogger<GatewayObserver> logger) : IGatewayObserver
{
    public void SpoolFailed(Exception exception) => LogSpoolFailed(logger, exception);

    public void BreakerChanged(string server, string endpoint, bool isOpen)
    {
        if (isOpen)
        {
            LogBreakerOpened(logger, endpoint, server);
        }
        else
        {
            LogBreakerClosed(logger, endpoint, server);
        }
    }

    public void SpoolDamaged(long segment, long offset, long bytes) => LogSpoolDamaged(logger, bytes, segment, offset);

    public void SnapshotTaken(string name, long version) => LogSnapshotTaken(logger, name, version);

    public void SnapshotRefused(string name, long? version) => LogSnapshotRefused(logger, name, version);

    public void SnapshotUnreadable(string name, Exception exception) => LogSnapshotUnreadable(logger, name, exception);

    public void SnapshotNotKept(string name, Exception exception) => LogSnapshotNotKept(logger, name, exception);

    public void ToolRepaired(string server, string tool, string repairs) => LogToolRepaired(logger, tool, server, repairs);

    public void ToolSetLeftOut(Guid tenantId, string slug) => LogToolSetLeftOut(logger, slug, tenantId);

    public void PolicyMalformed(int problems) => LogPolicyMalformed(logger, problems);

    [LoggerMessage(Level = LogLevel.Error, Message = "Call records cannot be written to disk. Those of the calls answered meanwhile are lost; servers tagged 'audit' refuse calls.")]
    private static partial void LogSpoolFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Endpoint {Endpoint} of {Server} keeps failing and is left alone for a while.")]
    private static partial void LogBreakerOpened(ILogger logger, string endpoint, string server);

    [LoggerMessage(Level = LogLevel.Information, Message = "Endpoint {Endpoint} of {Server} works again.")]
    private static partial void LogBreakerClosed(ILogger logger, string endpoint, string server);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Bytes} bytes of call records in segment {Segment} at {Offset} are damaged and lost.")]
    private static partial void LogSpoolDamaged(ILogger logger, long bytes, long segment, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Name} snapshot is now at version {Version}.")]
    private static partial void LogSnapshotTaken(ILogger logger, string name, long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Name} snapshot was ignored (version {Version}): it is older than what rules, empty, or contradicts itself.")]
    private static partial void LogSnapshotRefused(ILogger logger, string name, long? version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Name} snapshot, or what was seen of a server since, cannot be read or used; what ruled before goes on.")]
    private static partial void LogSnapshotUnreadable(ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Name} snapshot cannot be kept on disk: a cold start would miss it.")]
    private static partial void LogSnapshotNotKept(ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Clients get the definition of {Tool} of {Server} in a repaired form: {Repairs}.")]
    private static partial void LogToolRepaired(ILogger logger, string tool, string server, string repairs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tool set {Slug} of tenant {TenantId} is not served: its tenant's sets hold as much as they may (option Gateway__MaxToolSetBytesPerTenant).")]
    private static partial void LogToolSetLeftOut(ILogger logger, string slug, Guid tenantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The policy has {Problems} malformed parts, which deny. The policy service names them.")]
    private static partial void LogPolicyMalformed(ILogger logger, int problems);
}
