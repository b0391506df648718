using McpPlatform.Contracts.Gateway;

namespace McpPlatform.UnitTests.Tracing;

internal static class CallRecords
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static CallRecord At(DateTimeOffset time) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), time, 1500, "alice", null, "tools/call", "files", "read", "ok", null, "2025-11-25", null, 1, 10, 20,
        "{}", "{}", "", "req", "gateway-1");
}
