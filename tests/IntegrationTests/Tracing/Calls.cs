using McpPlatform.Contracts.Gateway;

namespace McpPlatform.IntegrationTests.Tracing;

/// <summary>Builds call records.</summary>
internal static class Calls
{
    public static CallRecord Of(Guid tenant, DateTimeOffset? at = null, string server = "files", string tool = "read", string status = "ok", long milliseconds = 5)
    {
        var startedAt = at ?? DateTimeOffset.UtcNow.AddSeconds(-1);
        return new CallRecord(
            Guid.CreateVersion7(startedAt), tenant, startedAt, milliseconds * 1000, "alice", Guid.CreateVersion7(), "tools/call", server, tool, status,
            status == "ok" ? null : "upstream.error", "2025-11-25", "rule-1", 3, 120, 340, """{"path":"/tmp/a"}""", """{"content":[]}""",
            "0af7651916cd43dd8448eb211c80319c", $"req-{Guid.CreateVersion7():n}", "gateway-1");
    }
}
