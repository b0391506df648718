using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Hosting.Security;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.UnitTests.Trust;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Every address as everybody: the reviewed table says who may, and all others are refused.</summary>
public abstract class TrustScenarios(InspectedPlatform trust) : IDisposable
{
    private const string InternalKey = InspectedPlatform.InternalKey;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly IPlatformUnderTest _platform = trust.Platform;
    private readonly ApiClient _admin = new(trust.Platform.Address, trust.Platform.AdminKey);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _admin.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Every_address_serves_whom_the_table_names_and_nobody_else()
    {
        var described = (await _admin.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK).Json["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key.TrimEnd('/')}"));
        described.Order().ShouldBe(RouteTable.All.Where(r => r.IsDescribed).Select(r => r.ToString()).Order());

        var keys = await Keys();
        var wrong = new List<string>();
        foreach (var route in RouteTable.All.Where(r => r.Audience != Audience.Services))
        {
            foreach (var (who, key) in keys.Where(k => IsOfInterest(k.Who, route)))
            {
                var answer = await Probe(_platform.Address, route, key);
                if (answer != Expected(route, who))
                {
                    wrong.Add($"{route} as {who}: {answer} instead of {Expected(route, who)}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/api/v1", 404)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("POST", "/api/v2/keys", 400)]
    [InlineData("GET", "/internal/v1/nothing", 404)]
    [InlineData("GET", "/api/v1/%2e%2e/internal/v1/policy/snapshot", 404)]
    [InlineData("DELETE", "/metrics", 405)]
    public async Task What_the_table_does_not_name_says_nothing_to_nobody_and_is_not_there_for_anybody_else(string method, string path, int answer)
    {
        var route = new ReviewedRoute(method, path, Audience.Keys, "", answer);

        (await Probe(_platform.Address, route, null)).ShouldBe(401);
        (await Probe(_platform.Address, route, "mcpp_garbage")).ShouldBe(401);
        (await Probe(_platform.Address, route, _platform.AdminKey)).ShouldBe(answer);
    }

    [Fact]
    public async Task Internal_addresses_open_for_services_only_and_only_on_the_internal_listener()
    {
        var tokens = Tokens(InternalKey, TimeSpan.Zero);
        var admin = new Caller(DefaultTenant.Id, "somebody", Guid.CreateVersion7(), ["*"]);
        (string Who, string? Credential)[] refused =
        [
            ("nobody", null),
            ("garbage", "mcpp_garbage"),
            ("a garbage token", $"{ServiceTokens.Prefix}e30.e30"),
            ("an admin key", _platform.AdminKey),
            ("an expired token", Tokens(InternalKey, TimeSpan.FromMinutes(-2)).Issue("gateway")),
            ("a token of another platform", Tokens(new string('x', 40), TimeSpan.Zero).Issue("gateway")),
            ("a token for a caller", tokens.Issue("gateway", admin)),
            ("a token for a caller without key", tokens.Issue("gateway", admin with { KeyId = null })),
        ];
        var wrong = new List<string>();
        foreach (var (route, service) in RouteTable.All.Where(r => r.Audience == Audience.Services).SelectMany(r => ServicesOf(r).Select(s => (r, s))))
        {
            var address = _platform.InternalAddress(service);
            foreach (var (who, credential) in refused)
            {
                Note(await Probe(address, route, credential) is 401 or 403, $"{route} lets {who} in");
            }

            var answer = await Probe(address, route, tokens.Issue("gateway"));
            Note(answer == route.Answer, $"{route} as a service: {answer} instead of {route.Answer}");
            foreach (var (who, credential) in (IEnumerable<(string, string?)>)[.. refused, ("a service", tokens.Issue("gateway"))])
            {
                Note(await Probe(_platform.Address, route, credential) is 401 or 404, $"{route} is on the public listener for {who}");
            }
        }

        wrong.ShouldBeEmpty();

        void Note(bool holds, string otherwise)
        {
            if (!holds)
            {
                wrong.Add(otherwise);
            }
        }
    }

    /// <summary>Which services have an internal address: the one that its third part names, or each.</summary>
    private static string[] ServicesOf(ReviewedRoute route) =>
        route.Pattern.Split('/')[3] is var named && named == "metrics" ? ["gateway", "policy", "registry", "factory", "tracing"] : [named];

    [Fact]
    public async Task A_service_opens_management_addresses_for_a_caller_it_names_and_never_for_itself()
    {
        var tokens = Tokens(InternalKey, TimeSpan.Zero);
        var wrong = new List<string>();
        foreach (var route in RouteTable.All.Where(r => r.Permission.Length > 0 && r.Pattern.StartsWith("/api/v1/", StringComparison.Ordinal)))
        {
            var address = _platform.InternalAddress(ServiceOf(route));
            var holder = new Caller(DefaultTenant.Id, "somebody", Guid.CreateVersion7(), [route.Permission]);
            (string Who, string? Credential, int Expected)[] cases =
            [
                ("nobody", null, 401),
                ("a service", tokens.Issue("gateway"), 403),
                ("a service with permissions and no tenant", tokens.Issue("gateway", holder with { TenantId = Guid.Empty, KeyId = null }), 403),
                ("an expired token", Tokens(InternalKey, TimeSpan.FromMinutes(-2)).Issue("gateway", holder), 401),
                ("a caller without the permission", tokens.Issue("gateway", holder with { Permissions = [] }), 403),
                ("a caller with the permission", tokens.Issue("gateway", holder), route.Answer),
            ];
            foreach (var (who, credential, expected) in cases)
            {
                var answer = await Probe(address, route, credential);
                if (answer != expected)
                {
                    wrong.Add($"{route} as {who}: {answer} instead of {expected}");
                }

                if (await Probe(_platform.Address, route, credential) is var outside and not 401)
                {
                    wrong.Add($"{route} as {who} on the public listener: {outside}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    /// <summary>Everybody who calls, by name; names that start with <c>only</c> or <c>but</c> hold just that permission, or every other one.</summary>
    private async Task<List<(string Who, string? Key)>> Keys()
    {
        List<(string, string?)> keys = [("nobody", null), ("garbage", "mcpp_garbage"), ("platform admin", _platform.AdminKey)];
        keys.Add(("powerless", await Key("powerless", new { id = "r", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { "tool:none/none" } })));
        keys.Add(("reader", await Key("reader", new { id = "r", effect = "allow", actions = Permissions.All.Where(IsRead), resources = new[] { "platform" } })));
        foreach (var permission in RouteTable.All.Select(r => r.Permission).Where(p => p.Length > 0).Distinct())
        {
            var name = permission.Replace(':', '-');
            keys.Add(($"only {permission}", await Key($"only-{name}", new { id = "r", effect = "allow", actions = new[] { permission }, resources = new[] { "platform" } })));
            keys.Add(($"but {permission}", await Key(
                $"but-{name}",
                new { id = "r", effect = "allow", actions = new[] { "*" }, resources = new[] { "*" } },
                new { id = "d", effect = "deny", actions = new[] { permission }, resources = new[] { "platform" } })));
        }

        (await _admin.Post("/api/v1/tenants", new { slug = "other", name = "Other" })).Expect(HttpStatusCode.Created);
        var other = (await _admin.Post("/api/v1/tenants/other/keys", new { name = "admin", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        keys.Add(("tenant admin", other));

        // Snapshots are taken as a whole: once the gateway knows the last key, it knows all.
        await Until.True(async () => await Probe(_platform.Address, new("GET", "/openapi/v1.json", Audience.Keys, "", 200), other) == 200, Steps.Propagation);
        return keys;
    }

    private async Task<string> Key(string name, params object[] grants)
    {
        (await _admin.Post("/api/v1/policies", new { name, grants })).Expect(HttpStatusCode.Created);
        return (await _admin.Post("/api/v1/keys", new { name, roles = new[] { name } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
    }

    /// <summary>A key that holds or lacks just one permission says something about the routes that ask for it.</summary>
    private static bool IsOfInterest(string who, ReviewedRoute route) => !who.Contains(':') || who.EndsWith($" {route.Permission}", StringComparison.Ordinal);

    private static int Expected(ReviewedRoute route, string who)
    {
        if (route.Audience == Audience.Everybody)
        {
            return route.Answer;
        }

        if (who is "nobody" or "garbage")
        {
            return 401;
        }

        var holds = who switch
        {
            "powerless" => false,
            "reader" => IsRead(route.Permission),
            "platform admin" => true,
            "tenant admin" => route.Audience != Audience.PlatformHolders,
            _ when who.StartsWith("only ", StringComparison.Ordinal) => who["only ".Length..] == route.Permission,
            _ => who["but ".Length..] != route.Permission,
        };
        return holds || route.Audience == Audience.Keys ? route.Answer : 403;
    }

    private static bool IsRead(string permission) => permission.EndsWith(":read", StringComparison.Ordinal);

    private static string ServiceOf(ReviewedRoute route) => route.Pattern.Split('/')[3] switch
    {
        _ when route.Pattern.Contains("/executions", StringComparison.Ordinal) => "tracing",
        "tenants" or "keys" or "policies" => "policy",
        "routes" or "servers" or "tools" => "registry",
        "packs" or "landing-zones" or "secrets" or "deployments" => "factory",
        "traces" => "tracing",
        _ => "gateway",
    };

    private static ServiceTokens Tokens(string key, TimeSpan shift) => new(key, new ShiftedTime(shift));

    /// <summary>Asks for what does not exist, or sends what is no object: whoever gets past the door changes nothing.</summary>
    private async Task<int> Probe(Uri address, ReviewedRoute route, string? credential)
    {
        var path = string.Join('/', route.Pattern.Split('/').Select(part => part switch
        {
            "{id}" or "{deployment}" => Guid.CreateVersion7().ToString(),
            "{version}" => "9.9.9",
            ['{', ..] => "nothing-here",
            _ => part,
        }));
        using var request = new HttpRequestMessage(route.Method == "*" ? HttpMethod.Post : new HttpMethod(route.Method), new Uri(address, path));
        if (route.Method is "*" or "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent("[]", Encoding.UTF8, "application/json");
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        }

        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {credential}");
        }

        using var response = await _http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
