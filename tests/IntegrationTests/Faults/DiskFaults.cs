using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Disks fill up. What must be on record is refused, the rest goes on and is counted, and space is all it takes to recover.</summary>
public sealed class DiskFaults(CrampedPlatform cramped) : IClassFixture<CrampedPlatform>
{
    [Fact]
    public async Task A_full_spool_refuses_what_must_be_on_record_counts_what_it_drops_and_accepts_again_by_itself()
    {
        var steps = cramped.Get();
        var platform = (DistributedPlatform)steps.Platform;
        (await steps.Admin.Post("/api/v1/servers", new { slug = "audited", transport = "http", url = steps.Upstream.Address.ToString(), allow_private_address = true, tags = new[] { "audit" } }))
            .Expect(HttpStatusCode.Created);
        using var caller = new ModernCaller(steps.Mcp, platform.AdminKey);
        using var auditedCaller = new ModernCaller(steps.McpOf("audited"), platform.AdminKey);
        await Until.True(async () => (await auditedCaller.Request("tools/list")).Status == HttpStatusCode.OK && (await auditedCaller.ToolNames()).Contains("echo"), TimeSpan.FromSeconds(20));
        await platform.Hold("tracing");
        var ledger = new CallLedger();
        await Answered(20);
        await cramped.Spool.Fill();
        // The last page of the spool's file still takes a few.
        await Answered(30);

        (await caller.Call("up__echo", new JsonObject { ["text"] = "unrecorded" })).ToolText.ShouldBe("unrecorded");
        var refused = await auditedCaller.Call("echo", new JsonObject { ["text"] = "must-be-recorded" });
        refused.Text.ShouldContain("audit");
        refused.Message!["result"].ShouldBeNull();
        var dropped = (await Status(steps))["dropped"]!.GetValue<long>();
        dropped.ShouldBeGreaterThan(1);
        (await MetricReading.Of(steps.Admin)).Value("mcpp.gateway.spool.dropped").ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(dropped);

        cramped.Spool.Free();
        platform.Release("tracing");

        await Until.True(async () => (await Status(steps))["accepts"]!.GetValue<bool>(), TimeSpan.FromSeconds(40), () => platform.Logs[^3000..]);
        await Until.True(async () => (await auditedCaller.Call("echo", new JsonObject { ["text"] = "recorded" })).Message?["result"] is not null, TimeSpan.FromSeconds(10));
        // Tracing has just come back: on a busy machine nothing may arrive for a while before all of it does.
        var lost = int.MaxValue;
        await Until.True(async () => (lost = await ledger.Missing(platform, TimeSpan.FromSeconds(30))) <= dropped, TimeSpan.FromSeconds(60), () => $"{lost} are not stored, {dropped} were dropped.");
        lost.ShouldBeGreaterThanOrEqualTo(1, "what was recorded is stored, and what was dropped is counted");

        async Task Answered(int calls)
        {
            for (var i = 0; i < calls; i++)
            {
                var marker = ledger.Send();
                (await caller.Call("up__echo", new JsonObject { ["text"] = marker })).ToolText.ShouldBe(marker);
                ledger.Answer(marker);
            }
        }
    }

    [Fact]
    public async Task A_full_database_disk_stops_changes_with_503_and_space_is_all_it_takes()
    {
        var steps = cramped.Get();
        var platform = (DistributedPlatform)steps.Platform;
        using var caller = new ModernCaller(steps.Mcp, platform.AdminKey);
        var ledger = new CallLedger();
        await cramped.Database.Fill();

        HttpStatusCode answer = 0;
        for (var i = 0; i < 600 && answer != HttpStatusCode.ServiceUnavailable; i++)
        {
            answer = (await steps.Admin.Post("/api/v1/keys", new { name = $"fill-{i}", roles = new[] { "admin" } })).Status;
            answer.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable);
            var marker = ledger.Send();
            (await caller.Call("up__echo", new JsonObject { ["text"] = marker })).ToolText.ShouldBe(marker, "calls go on");
            ledger.Answer(marker);
        }

        answer.ShouldBe(HttpStatusCode.ServiceUnavailable, "the disk is full");
        cramped.Database.Free();

        await Until.True(
            async () => (await steps.Admin.Post("/api/v1/keys", new { name = $"space-{Guid.NewGuid():n}", roles = new[] { "admin" } })).Status == HttpStatusCode.Created,
            TimeSpan.FromSeconds(40),
            () => platform.Logs[^3000..]);
        await ledger.Balance(platform, TimeSpan.FromSeconds(40));
    }

    private static async Task<JsonNode> Status(Steps steps) => (await steps.Admin.Get("/api/v1/gateway/status")).Expect(HttpStatusCode.OK).Json["spool"]!;
}
