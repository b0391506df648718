using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.UnitTests.Trust;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Versions of the APIs as clients of the running platform meet them, and that this one serves the clients of the one before.</summary>
public abstract partial class ApiVersionScenarios(SharedPlatform shared)
{
    /// <summary>Set to 1, the descriptions are written instead of compared.</summary>
    private const string Update = "MCPP_UPDATE_SAMPLES";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("/openapi/v1.json", "docs/api/management-v1.json")]
    [InlineData("/openapi/client-v1.json", "docs/api/client-v1.json")]
    public async Task The_api_serves_the_clients_of_its_committed_description(string address, string file)
    {
        var steps = await shared.Get();
        var path = Path.Combine(Repository.Root, file);
        var now = (await steps.Admin.Get(address)).Expect(HttpStatusCode.OK).Json;
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, now.ToJsonString(Indented) + "\n", TestContext.Current.CancellationToken);
        }

        var broken = ApiCompatibility.Breaks(JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!, now);

        Closed(now).ShouldBeEmpty("What is answered may get members within a version, so that no schema of an answer may forbid them.");
        broken.ShouldBeEmpty(
            $"Clients of version 1 would break. Add instead of changing, and deprecate what is to go (.Deprecated(…)). If nobody can have used it, set {Update}=1, run this test and commit {file}.");
    }

    [Fact]
    public async Task The_client_apis_description_is_everybodys_and_names_nothing_of_the_management_api()
    {
        var steps = await shared.Get();
        using var http = new HttpClient { BaseAddress = steps.Platform.Address };

        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/client-v1.json", TestContext.Current.CancellationToken))!;

        document["paths"]!.AsObject().Select(p => p.Key).ShouldBe(["/v1/route/execute", "/v1/route/discover", "/v1/mcp/clients", "/v1/mcp/clients/{id}", "/v1/mcp/clients/{id}/tools", "/v1/mcp/clients/{id}/execute"], ignoreOrder: true);
        document["paths"]!["/v1/route/execute"]!["post"]!["requestBody"].ShouldNotBeNull();
        document["paths"]!["/v1/mcp/clients/{id}"]!["get"]!["parameters"]!.AsArray().Select(p => $"{p!["name"]} {p["in"]} {p["required"]}").ShouldBe(["id path true"]);
    }

    /// <summary>Schemas of answers that forbid further members. Those of what is read forbid them on purpose.</summary>
    private static IEnumerable<string> Closed(JsonNode document)
    {
        var schemas = document["components"]!["schemas"]!;
        var answers = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).SelectMany(operation => operation.Value!["responses"]?.AsObject().Select(answer => answer.Value!.ToJsonString()) ?? []);
        var (seen, left) = (new HashSet<string>(), new Stack<string>(answers));
        while (left.TryPop(out var text))
        {
            foreach (var name in Reference().Matches(text).Select(match => match.Groups[1].Value).Where(seen.Add))
            {
                left.Push(schemas[name]!.ToJsonString());
            }
        }

        seen.ShouldNotBeEmpty();
        schemas.AsObject().Where(schema => !seen.Contains(schema.Key)).ShouldContain(schema => schema.Value!["additionalProperties"] != null, "bodies are strict");
        return seen.Where(name => schemas[name]!["additionalProperties"]?.ToString() == "false").Order();
    }

    [GeneratedRegex("#/components/schemas/([A-Za-z0-9_.]+)")]
    private static partial Regex Reference();

    [Fact]
    public async Task A_version_that_is_not_there_is_named_by_every_service_and_the_known_one_answers_in_its_media_type()
    {
        var steps = await shared.Get();
        foreach (var address in (string[])["/api/v1/servers", "/api/v1/traces", "/api/v1/policies", "/v1/integrations/mcp", "/v1/mcp/clients"])
        {
            var known = await steps.Admin.Send(HttpMethod.Get, address, null, ("Accept", "application/vnd.mcpplatform.v1+json"));
            var unknown = await steps.Admin.Send(HttpMethod.Get, address, null, ("Accept", "application/vnd.mcpplatform.v9+json"));

            known.Expect(HttpStatusCode.OK);
            (unknown.Status, unknown.ErrorCode).ShouldBe((HttpStatusCode.NotAcceptable, "api.version_unknown"), address);
        }

        var path = await steps.Admin.Get("/api/v9/servers");
        (path.Status, path.ErrorCode).ShouldBe((HttpStatusCode.BadRequest, "api.version_unknown"));
        path.Text.ShouldContain("application/vnd.mcpplatform.v1");
        (await steps.Admin.Post("/v9/route/execute", new { intent = "go" })).ErrorCode.ShouldBe("api.version_unknown");
    }
}
