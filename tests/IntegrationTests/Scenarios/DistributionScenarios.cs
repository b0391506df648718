using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What only shows when the services are processes of their own: one public port, one API, replicas.</summary>
public sealed class DistributionScenarios(SharedDistributed shared)
{
    [Fact]
    public async Task A_services_own_port_takes_no_key_of_a_person_and_nothing_without_a_credential()
    {
        var steps = await shared.Get();
        foreach (var address in Platform(steps).ServiceAddresses.Values)
        {
            using var admin = new ApiClient(address, steps.Platform.AdminKey);
            using var nobody = new HttpClient { BaseAddress = address };
            foreach (var path in (string[])["/api/v1/servers", "/api/v1/keys", "/api/v1/traces", "/api/v1/packs", "/internal/v1/policy/snapshot", "/internal/v1/registry/snapshot", "/openapi/v1.json", "/metrics"])
            {
                (await admin.Get(path)).Status.ShouldBe(HttpStatusCode.Unauthorized, $"{address}{path} with an admin key");
                (await nobody.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{address}{path} with nothing");
            }

            (await nobody.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("{\"status\":\"healthy\"}");
        }
    }

    [Fact]
    public async Task The_api_description_is_that_of_all_services()
    {
        var steps = await shared.Get();

        var document = (await steps.Admin.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK).Json;

        var paths = document["paths"]!.AsObject().Select(p => p.Key).ToList();
        foreach (var path in (string[])["/api/v1/keys", "/api/v1/servers", "/api/v1/packs", "/api/v1/traces", "/api/v1/gateway/status"])
        {
            paths.ShouldContain(path);
        }

        document["x-missing-services"].ShouldBeNull();
        document["components"]!["schemas"]!.AsObject().Count.ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task A_session_begun_at_one_gateway_goes_on_at_another()
    {
        var steps = await shared.Get();
        var gateways = steps.Platform.Gateways;
        using var first = new LegacyCaller(new Uri(gateways[0], "/mcp"), steps.Platform.AdminKey);
        await first.ToolNames();

        using var second = first.At(new Uri(gateways[1], "/mcp"));

        (await second.Call("up__echo", new System.Text.Json.Nodes.JsonObject { ["text"] = "elsewhere" })).ToolText.ShouldBe("elsewhere");
    }

    [Fact]
    public async Task An_error_of_a_service_carries_the_request_id_that_the_gateway_gave()
    {
        var steps = await shared.Get();

        var answer = await steps.Admin.Get("/api/v1/servers/there-is-none");

        answer.Status.ShouldBe(HttpStatusCode.NotFound);
        answer.Json["error"]!["request_id"]!.GetValue<string>().ShouldBe(answer.Headers["X-Request-Id"]);
    }

    private static DistributedPlatform Platform(Steps steps) => (DistributedPlatform)steps.Platform;
}
