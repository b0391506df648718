using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Who may call what: denied, hidden, revoked, another tenant's.</summary>
public abstract class PolicyScenarios(SharedPlatform shared)
{
    private static readonly object AllowUp = new { id = "allow-up", effect = "allow", actions = new[] { "tools:*" }, resources = new[] { "tool:up/*" } };
    private static readonly object DenyDelete = new { id = "deny-delete", effect = "deny", actions = new[] { "tools:*" }, resources = new[] { "tool:up/delete_*" } };

    [Fact]
    public async Task A_denied_tool_is_neither_listed_nor_callable_and_looks_like_one_that_does_not_exist()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("no-delete", DenyDelete, AllowUp);
        using var caller = new ModernCaller(steps.Mcp, key.Text);

        (await caller.ToolNames()).ShouldBe(["up__echo", "up__slow"], ignoreOrder: true);

        var before = steps.Upstream.Calls("delete_thing");
        var denied = await caller.Call("up__delete_thing");
        var unknown = await caller.Call("up__no_such_thing");
        denied.ErrorCode.ShouldBe(-32602);
        (denied.Status, denied.ErrorCode).ShouldBe((unknown.Status, unknown.ErrorCode));
        denied.Message!["error"]!["message"]!.GetValue<string>().Replace("delete_thing", "*").ShouldBe(unknown.Message!["error"]!["message"]!.GetValue<string>().Replace("no_such_thing", "*"));
        steps.Upstream.Calls("delete_thing").ShouldBe(before);
    }

    [Fact]
    public async Task A_denied_call_is_recorded_as_denied()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("denied-record", DenyDelete, AllowUp);
        using var caller = new ModernCaller(steps.Mcp, key.Text);
        var marker = $"marker-{Guid.NewGuid():n}";

        await caller.Call("up__delete_thing", new JsonObject { ["id"] = marker });

        (await steps.RecordOf(marker, "delete_thing"))["status"]!.GetValue<string>().ShouldBe("denied");
    }

    [Fact]
    public async Task A_condition_on_arguments_keeps_the_tool_listed_and_decides_at_the_call()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("small-amounts", AllowUp, new
        {
            id = "too-much",
            effect = "deny",
            actions = new[] { "tools:call" },
            resources = new[] { "tool:up/delete_thing" },
            conditions = new[] { new { attribute = "arguments.amount", @operator = "gt", value = 100 } },
        });
        using var caller = new ModernCaller(steps.Mcp, key.Text);

        (await caller.ToolNames()).ShouldContain("up__delete_thing");
        (await caller.Call("up__delete_thing", new JsonObject { ["amount"] = 5 })).ToolText.ShouldBe("delete_thing done");

        var before = steps.Upstream.Calls("delete_thing");
        (await caller.Call("up__delete_thing", new JsonObject { ["amount"] = 500 })).Text.ShouldContain("policy.denied");
        (await caller.Call("up__delete_thing", new JsonObject { ["amount"] = "lots" })).Text.ShouldContain("policy.denied", customMessage: "what cannot be compared counts against the caller");
        (await caller.Call("up__delete_thing")).Text.ShouldContain("policy.denied", customMessage: "what is missing counts against the caller");
        steps.Upstream.Calls("delete_thing").ShouldBe(before);
    }

    [Fact]
    public async Task What_needs_an_approval_is_listed_and_refused_until_approvals_exist()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("asks-first", AllowUp, new { id = "ask", effect = "require_approval", actions = new[] { "tools:call" }, resources = new[] { "tool:up/delete_thing" } });
        using var caller = new ModernCaller(steps.Mcp, key.Text);

        (await caller.ToolNames()).ShouldContain("up__delete_thing");
        (await caller.Call("up__delete_thing")).Text.ShouldContain("approval_required");
    }

    [Fact]
    public async Task A_key_without_a_rule_that_allows_it_sees_nothing()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("sees-other", new { id = "other", effect = "allow", actions = new[] { "tools:*" }, resources = new[] { "tool:elsewhere/*" } });
        using var caller = new ModernCaller(steps.Mcp, key.Text);

        (await caller.ToolNames()).ShouldBeEmpty();
        (await caller.Call("up__echo")).ErrorCode.ShouldBe(-32602);
    }

    [Fact]
    public async Task A_revoked_key_ends_within_five_seconds()
    {
        var steps = await shared.Get();
        var key = await steps.KeyFor("short-lived", "admin");
        using var modern = new ModernCaller(steps.Mcp, key.Text);
        using var legacy = new LegacyCaller(steps.Mcp, key.Text);
        await legacy.ToolNames();

        (await steps.Admin.Delete($"/api/v1/keys/{key.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        await Until.True(async () => (await modern.Request("tools/list")).Status == HttpStatusCode.Unauthorized, Steps.Propagation);
        // It may be at another gateway, which hears of it by itself.
        await Until.True(async () => (await legacy.Request("tools/list")).Status == HttpStatusCode.Unauthorized, Steps.Propagation, () => "An open session outlives its key.");
        using var api = new ApiClient(steps.Platform.Address, key.Text);
        (await api.Get("/api/v1/servers")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_of_ours_and_cannot_reach_it_by_id()
    {
        var steps = await shared.Get();
        var server = (await steps.Admin.Get("/api/v1/servers/up")).Expect(HttpStatusCode.OK).Json["id"]!.GetValue<string>();
        (await steps.Admin.Post("/api/v1/tenants", new { slug = "other", name = "Other" })).Expect(HttpStatusCode.Created);
        var created = (await steps.Admin.Post("/api/v1/tenants/other/keys", new { name = "other-admin", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json;
        var key = created["key"]!.GetValue<string>();
        using var api = new ApiClient(steps.Platform.Address, key);
        using var caller = new ModernCaller(steps.Mcp, key);
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);

        (await caller.ToolNames()).ShouldBeEmpty();
        (await caller.Call("up__echo")).ErrorCode.ShouldBe(-32602);
        (await api.Get("/api/v1/servers")).Json["items"]!.AsArray().ShouldBeEmpty();
        foreach (var path in (string[])[$"/api/v1/servers/{server}", "/api/v1/servers/up"])
        {
            (await api.Get(path)).Status.ShouldBe(HttpStatusCode.NotFound);
            (await api.Delete(path)).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        (await api.Get("/api/v1/traces")).Json["items"]!.AsArray().ShouldAllBe(r => r!["subject"]!.GetValue<string>() == "other-admin");
        (await api.Get("/api/v1/tenants")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_wrong_key_is_nobody_and_a_weak_one_cannot_manage()
    {
        var steps = await shared.Get();
        var weak = await steps.KeyWith("caller-only", AllowUp);

        foreach (var key in (string[])["mcpp_00000000_wrong", "", "x' OR '1'='1", new string('a', 5000)])
        {
            using var caller = new ModernCaller(steps.Mcp, key);
            var answer = await caller.Request("tools/list");
            answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.ShouldContainKey("WWW-Authenticate");
        }

        using var api = new ApiClient(steps.Platform.Address, weak.Text);
        foreach (var path in (string[])["/api/v1/servers", "/api/v1/keys", "/api/v1/policies", "/api/v1/traces", "/api/v1/packs", "/metrics", "/openapi/v1.json"])
        {
            (await api.Get(path)).Status.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    [Fact]
    public async Task Explain_names_the_rule_that_decides()
    {
        var steps = await shared.Get();
        var key = await steps.KeyWith("explained", DenyDelete, AllowUp);

        var answer = (await steps.Admin.Post("/api/v1/policies/explain", new { key_id = key.Id, server = "up", tool = "delete_thing" })).Expect(HttpStatusCode.OK);

        answer.Text.ShouldContain("deny-delete");
    }
}
