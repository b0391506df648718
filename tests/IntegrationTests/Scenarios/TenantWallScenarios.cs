using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.UnitTests.Trust;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>
/// What belongs to one tenant does not exist for another, not even for its admin who knows every id: not read, not changed, not listed, not referred to.
/// </summary>
public abstract class TenantWallScenarios(SharedPlatform shared)
{
    /// <summary>Names under which every tenant has things of its own: writing one makes one's own.</summary>
    private static readonly string[] OwnNames = ["PUT /api/v1/secrets/{name}", "PUT /api/v1/landing-zones/{name}"];

    /// <summary>What answers so does so whatever it is asked about.</summary>
    private const int NotSupported = 501;

    /// <summary>What was called need not be there any more: records of any name are a list, which may be empty.</summary>
    private const int ListOfAnyName = 200;

    [Fact]
    public async Task Nothing_of_a_tenant_exists_for_the_admin_of_another()
    {
        var steps = await shared.Get();
        var owner = await Belongings.Create(steps);
        using var stranger = new ApiClient(steps.Platform.Address, await Belongings.NewTenant(steps));
        var before = await owner.Read();

        var wrong = new List<string>();
        foreach (var route in RouteTable.All.Where(r => r.Pattern.Contains('{') && r.Audience == Audience.Holders && r.Answer is not (NotSupported or ListOfAnyName) && !OwnNames.Contains(r.ToString())))
        {
            foreach (var path in owner.PathsOf(route))
            {
                foreach (var (who, api) in ((string, ApiClient)[])[("another tenant's admin", stranger), ("the platform's admin", steps.Admin)])
                {
                    var answer = await api.Send(new HttpMethod(route.Method), path, Belongings.ValidBody(route));
                    if (answer.Status != HttpStatusCode.NotFound)
                    {
                        wrong.Add($"{route.Method} {path} as {who}: {(int)answer.Status} {answer.Text}");
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
        (await owner.Read()).ShouldBe(before);
    }

    [Fact]
    public async Task Lists_and_searches_show_nothing_of_another_tenant()
    {
        var steps = await shared.Get();
        var owner = await Belongings.Create(steps);
        var key = await Belongings.NewTenant(steps);
        using var stranger = new ApiClient(steps.Platform.Address, key);
        foreach (var route in RouteTable.All.Where(r => r is { Method: "GET", Audience: Audience.Holders } && !r.Pattern.Contains('{')))
        {
            var shown = (await stranger.Get(route.Pattern)).Expect(HttpStatusCode.OK).Text;
            owner.Marks.Where(m => shown.Contains(m, StringComparison.Ordinal)).ShouldBeEmpty(route.ToString());
        }

        (await stranger.Get($"/api/v1/tools?q={owner.Slug}")).Json["items"]!.AsArray().ShouldBeEmpty();
        (await stranger.Get($"/api/v1/servers?q={owner.Slug}")).Json["items"]!.AsArray().ShouldBeEmpty();
        (await stranger.Get($"/api/v1/tools/{owner.Slug}/echo/executions")).Json["items"]!.AsArray().ShouldBeEmpty();
        (await stranger.Get($"/api/v1/tools/{owner.Slug}/echo/executions/summary")).Json["figures"]!["calls"]!.GetValue<int>().ShouldBe(0);
        (await owner.Api.Get($"/api/v1/tools/{owner.Slug}/echo/executions/summary")).Json["figures"]!["calls"]!.GetValue<int>().ShouldBe(1);
        using var mcp = new ModernCaller(steps.Mcp, key);
        (await mcp.ToolNames()).ShouldBeEmpty();
        using var direct = new ModernCaller(steps.McpOf(owner.Slug), key);
        (await direct.Request("tools/list")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_another_tenant_owns_cannot_be_referred_to()
    {
        var steps = await shared.Get();
        var owner = await Belongings.Create(steps);
        using var stranger = new ApiClient(steps.Platform.Address, await Belongings.NewTenant(steps));

        (await stranger.Post("/api/v1/keys", new { name = "k", roles = new[] { owner.Policy } })).ErrorCode.ShouldBe("keys.unknown_role");
        (await stranger.Post("/api/v1/policies/explain", new { tool = "x", server = owner.Slug, key_id = owner.Key })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.Post("/api/v1/deployments", new { pack = owner.Pack, version = "1.0.0" })).Status.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity);
        (await stranger.Get($"/api/v1/traces?request_id={owner.RequestId}")).Json["items"]!.AsArray().ShouldBeEmpty();

        // Of its own pack, into the other's landing zone.
        (await stranger.Post("/api/v1/packs", Belongings.PackBody("stranger"))).Expect(HttpStatusCode.Created);
        (await stranger.Post("/api/v1/deployments", new { pack = "com.example/stranger", version = "1.0.0", landing_zone = owner.Zone }))
            .Status.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity);

        // The same names are free for everybody, and make things of one's own.
        (await stranger.Send(HttpMethod.Put, $"/api/v1/secrets/{owner.Secret}", new { value = "stranger's", allowed_hosts = new[] { "stranger.example" } })).Expect(HttpStatusCode.OK);
        (await owner.Api.Get("/api/v1/secrets")).Text.ShouldNotContain("stranger.example");
        (await stranger.Send(HttpMethod.Put, $"/api/v1/landing-zones/{owner.Zone}", new { allowed_private_hosts = new[] { "10.1.2.3" } })).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Forbidden);
        (await owner.Api.Get($"/api/v1/landing-zones/{owner.Zone}")).Text.ShouldNotContain("10.1.2.3");
    }

    /// <summary>One of everything, in a tenant of its own.</summary>
    internal sealed class Belongings
    {
        private readonly Dictionary<string, string[][]> _names = [];

        public required ApiClient Api { get; init; }

        public string Slug { get; } = $"own{Guid.NewGuid():n}"[..20];

        public string Policy => $"{Slug}-role";

        public string Secret => $"{Slug}-secret";

        public string Zone => $"{Slug}-zone";

        public string Pack => $"com.example/{Slug}";

        public string Key { get; private set; } = "";

        public string RequestId { get; private set; } = "";

        /// <summary>Texts that only its own answers hold.</summary>
        public IEnumerable<string> Marks => [Slug, .. _names.Values.SelectMany(n => n).SelectMany(n => n).Where(n => Guid.TryParse(n, out _))];

        public static async Task<string> NewTenant(Steps steps)
        {
            var slug = $"t{Guid.NewGuid():n}"[..20];
            (await steps.Admin.Post("/api/v1/tenants", new { slug, name = slug })).Expect(HttpStatusCode.Created);
            var key = (await steps.Admin.Post($"/api/v1/tenants/{slug}/keys", new { name = "admin", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
            await steps.OnEveryGateway(
                async gateway =>
                {
                    using var caller = new ModernCaller(new Uri(gateway, "/mcp"), key);
                    return (await caller.Request("tools/list")).Status == HttpStatusCode.OK;
                },
                Steps.Propagation);
            return key;
        }

        public static async Task<Belongings> Create(Steps steps)
        {
            var key = await NewTenant(steps);
            var own = new Belongings { Api = new ApiClient(steps.Platform.Address, key) };
            var server = await own.Add("/api/v1/servers", new { slug = own.Slug, transport = "http", url = steps.Upstream.Address.ToString(), allow_private_address = true });
            var policy = await own.Add("/api/v1/policies", new { name = own.Policy, grants = Array.Empty<object>() });
            own.Key = await own.Add("/api/v1/keys", new { name = own.Slug, roles = new[] { own.Policy } });
            var tool = await own.Add("/api/v1/tools", new { name = "get_thing", slug = $"{own.Slug}-http", description = "Shows it.", method = "GET", url = "https://api.example.com/things" });
            var set = await own.Add("/api/v1/tool-sets", new { slug = own.Slug, members = new[] { new { server = own.Slug } } });
            (await own.Api.Send(HttpMethod.Put, $"/api/v1/secrets/{own.Secret}", new { value = "secret" })).Expect(HttpStatusCode.OK);
            (await own.Api.Post("/api/v1/landing-zones", new { name = own.Zone })).Expect(HttpStatusCode.Created);
            (await own.Api.Post("/api/v1/packs", PackBody(own.Slug))).Expect(HttpStatusCode.Created);
            var deployment = await own.Add("/api/v1/deployments", new { pack = own.Pack, version = "1.0.0", slug = $"{own.Slug}-pack" });
            var trace = await own.Called(steps, key);
            var route = await own.Add("/api/v1/routes", new { intent = own.Slug, candidates = new[] { new { server = own.Slug, tool = "echo" } } });
            var integration = await own.Add("/v1/integrations/mcp", new { name = own.Slug, server = own.Slug, capabilities = new[] { new { intent = own.Slug, tool = "echo" } } });
            own._names["routes"] = [[route]];
            own._names["v1/integrations/mcp"] = [[integration], [own.Slug]];
            own._names["servers"] = [[server, "all"], [own.Slug, "all"]];
            own._names["gateway/servers"] = own._names["servers"];
            own._names["v0.1/servers"] = [[$"local.mcpplatform%2F{own.Slug}", "latest"]];
            own._names["v0.1/servers/{space}"] = [["local.mcpplatform", own.Slug, "latest"]];
            own._names["breakers"] = [[(await own.Api.Get("/api/v1/breakers")).Expect(HttpStatusCode.OK).Json["items"]![0]!["id"]!.GetValue<string>()]];
            own._names["policies"] = [[policy], [own.Policy]];
            own._names["keys"] = [[own.Key]];
            own._names["tools/http"] = [[tool]];
            own._names["tools"] = [[own.Slug, "echo"]];
            own._names["tool-sets"] = [[set, "1"], [own.Slug, "1"]];
            own._names["secrets"] = [[own.Secret]];
            own._names["landing-zones"] = [[own.Zone]];
            own._names["packs"] = [["com.example", own.Slug, "1.0.0"]];
            own._names["deployments"] = [[deployment]];
            own._names["traces"] = [[trace]];
            return own;
        }

        public static object PackBody(string name) => new
        {
            @namespace = "com.example",
            name,
            version = "1.0.0",
            document = JsonNode.Parse("""
                {"openapi":"3.1.0","info":{"title":"Things","version":"1"},"servers":[{"url":"https://api.example.com"}],
                 "paths":{"/things":{"get":{"operationId":"getThings","summary":"Shows things.","responses":{"200":{"description":"ok"}}}}}}
                """),
        };

        /// <summary>A body that the owner could send, so that nothing but the wall refuses it.</summary>
        public static object? ValidBody(ReviewedRoute route) => route.ToString() switch
        {
            "PATCH /api/v1/servers/{server}" => new { title = "taken over" },
            "PATCH /api/v1/keys/{id}" => new { rate = 1, burst = 1 },
            "PUT /api/v1/policies/{policy}" => new { grants = Array.Empty<object>(), description = "taken over" },
            "PUT /api/v1/tools/http/{id}" => new { description = "taken over", method = "GET", url = "https://evil.example.com/" },
            "PUT /api/v1/routes/{id}" => new { intent = "taken-over", candidates = new[] { new { server = "evil", tool = "echo" } } },
            "PUT /v1/integrations/mcp/{integration}" => new { server = "evil", capabilities = new[] { new { intent = "taken-over", tool = "echo" } } },
            "PUT /api/v1/tool-sets/{set}" => new { title = "taken over", members = new[] { new { server = "*" } } },
            "POST /api/v1/tool-sets/{set}/rollback" => new { version = 1 },
            _ => null,
        };

        /// <summary>The addresses of its own things on a route; one that has no thing here fails.</summary>
        public IEnumerable<string> PathsOf(ReviewedRoute route)
        {
            var fixedPart = route.Pattern[1..route.Pattern.IndexOf("/{", StringComparison.Ordinal)];
            var resource = fixedPart.StartsWith("api/v1/", StringComparison.Ordinal) ? fixedPart["api/v1/".Length..] : route.Pattern.Contains("/{space}/") ? $"{fixedPart}/{{space}}" : fixedPart;
            return _names[resource].Select(names =>
            {
                var next = 0;
                return string.Join('/', route.Pattern.Split('/').Select(part => part.StartsWith('{') ? next < names.Length ? names[next++] : "none" : part));
            });
        }

        /// <summary>All of it as its owner sees it, without what changes by itself.</summary>
        public async Task<string> Read()
        {
            var texts = new List<string>();
            foreach (var route in RouteTable.All.Where(r => r is { Method: "GET", Audience: Audience.Holders } && r.Pattern.Contains('{') && !r.Pattern.EndsWith("/logs", StringComparison.Ordinal)))
            {
                foreach (var path in PathsOf(route))
                {
                    var json = (await Api.Get(path)).Expect(HttpStatusCode.OK).Json;
                    texts.Add($"{path} {json["version"]} {json["description"]} {json["title"]} {json["url"]} {(json["desired"] ?? json["revoked_at"])} {json["rate"]} {json["grants"]?.ToJsonString()}");
                }
            }

            texts.Add((await Api.Get("/api/v1/secrets")).Text);
            return string.Join('\n', texts);
        }

        private async Task<string> Add(string path, object body)
        {
            var answer = await Api.Post(path, body);
            return answer.Status is HttpStatusCode.Created or HttpStatusCode.Accepted
                ? answer.Json["id"]!.GetValue<string>()
                : throw new InvalidOperationException($"{path}: {(int)answer.Status} {answer.Text}");
        }

        private async Task<string> Called(Steps steps, string key)
        {
            var echo = $"{Slug}__echo";
            await steps.OnEveryGateway(
                async gateway =>
                {
                    using var waiting = new ModernCaller(new Uri(gateway, "/mcp"), key);
                    return (await waiting.ToolNames()).Contains(echo);
                },
                TimeSpan.FromSeconds(30));
            using var caller = new ModernCaller(steps.Mcp, key);
            RequestId = (await caller.Call(echo, new JsonObject { ["text"] = Slug })).Headers["X-Request-Id"];
            JsonArray found = [];
            await Until.True(
                async () => (found = (await Api.Get($"/api/v1/traces?request_id={RequestId}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray()).Count > 0,
                TimeSpan.FromSeconds(15));
            return found[0]!["id"]!.GetValue<string>();
        }
    }
}
