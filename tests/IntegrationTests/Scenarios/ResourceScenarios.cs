using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>MCP endpoints as resource servers: what they say of themselves without a key, where keys belong, and from where requests may come.</summary>
public abstract class ResourceScenarios(SharedPlatform shared)
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";
    private const string AllScopes = "tools:call prompts:get resources:read";

    /// <summary>Every address at which MCP is spoken.</summary>
    public static TheoryData<string> Endpoints { get; } = ["/mcp", "/sse", "/mcp/ws", "/mcp/servers/up", "/mcp/servers/up/sse", "/mcp/servers/up/ws"];

    /// <summary>Whether a set is there is not for those who have no key.</summary>
    public static TheoryData<string> Described { get; } = [.. Endpoints.Select(row => row.Data), "/mcp/sets/any", "/mcp/sets/any/sse", "/mcp/sets/any/ws"];

    [Theory]
    [MemberData(nameof(Described))]
    public async Task An_endpoint_says_without_a_key_where_it_is_described(string path)
    {
        var steps = await shared.Get();
        foreach (var gateway in steps.Platform.Gateways)
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get, HttpMethod.Delete])
            {
                using var answer = await Send(method, new Uri(gateway, path));

                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
                var challenge = Challenge(answer);
                challenge.Keys.ShouldBe(["resource_metadata", "scope"], ignoreOrder: true);
                challenge["scope"].ShouldBe(AllScopes);
                challenge["resource_metadata"].ShouldBe(new Uri(gateway, $"/.well-known/oauth-protected-resource{path}").ToString());
            }

            using var described = await Send(HttpMethod.Get, new Uri(gateway, $"/.well-known/oauth-protected-resource{path}"));
            described.StatusCode.ShouldBe(HttpStatusCode.OK);
            described.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            described.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
            described.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
            var document = JsonNode.Parse(await described.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
            document.Select(m => m.Key).ShouldBe(["resource", "scopes_supported", "bearer_methods_supported", "resource_name"], "no issuer is configured, so none is named");
            document["resource"]!.GetValue<string>().ShouldBe(new Uri(gateway, path).ToString());
            document["bearer_methods_supported"]!.ToJsonString().ShouldBe("""["header"]""");
            string.Join(' ', document["scopes_supported"]!.AsArray().Select(s => s!.GetValue<string>())).ShouldBe(AllScopes);
        }
    }

    [Fact]
    public async Task The_platform_as_a_whole_is_described_at_the_root()
    {
        var steps = await shared.Get();

        using var described = await Send(HttpMethod.Get, new Uri(steps.Platform.Address, "/.well-known/oauth-protected-resource"));

        JsonNode.Parse(await described.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["resource"]!.GetValue<string>()
            .ShouldBe(steps.Platform.Address.GetLeftPart(UriPartial.Authority));
    }

    [Fact]
    public async Task Without_a_key_a_server_that_is_not_there_is_like_one_that_is()
    {
        var steps = await shared.Get();

        (await Seen("up")).ShouldBe(await Seen("no-such-server"));

        async Task<string> Seen(string server)
        {
            var text = new StringBuilder();
            foreach (var path in (string[])[$"/mcp/servers/{server}", $"/.well-known/oauth-protected-resource/mcp/servers/{server}"])
            {
                using var answer = await Send(HttpMethod.Get, new Uri(steps.Platform.Address, path));
                text.Append((int)answer.StatusCode).Append(answer.Headers.WwwAuthenticate).Append(answer.Headers.CacheControl).Append(await answer.Content.ReadAsStringAsync());
            }

            return text.ToString().Replace($"/servers/{server}", "/servers/X", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer mcpp_nobodys", true)]
    [InlineData("Authorization", "Bearer something else", true)]
    [InlineData("X-Api-Key", "mcpp_nobodys", true)]
    [InlineData("Authorization", "Basic dXNlcjpwYXNz", false)]
    [InlineData("Accept", "application/json", false)]
    public async Task A_key_is_called_invalid_only_when_one_was_sent(string header, string value, bool isCalledInvalid)
    {
        var steps = await shared.Get();

        using var answer = await Send(HttpMethod.Post, steps.Mcp, null, (header, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Challenge(answer).GetValueOrDefault("error").ShouldBe(isCalledInvalid ? "invalid_token" : null);
    }

    [Fact]
    public async Task A_key_in_the_address_is_refused_and_kept_nowhere_even_beside_a_good_one()
    {
        var steps = await shared.Get();
        var planted = $"planted-in-address-{Guid.NewGuid():n}";
        foreach (var path in Endpoints.Select(row => row.Data))
        {
            foreach (var query in (string[])[$"access_token={planted}", $"a=b&API_KEY={planted}", $"key={planted}", $"t%6fken={planted}", $"whatever=mcpp_{planted}"])
            {
                foreach (var key in (string?[])[null, steps.Platform.AdminKey])
                {
                    using var answer = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, $"{path}?{query}"), key);

                    answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{path} {query}");
                    Challenge(answer)["error"].ShouldBe("invalid_request");
                    var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    JsonNode.Parse(text)!["error"]!["message"]!.GetValue<string>().ShouldContain("'Authorization: Bearer <key>'");
                    $"{answer.Headers}{text}".ShouldNotContain(planted);
                }
            }
        }

        (await steps.Admin.Get("/api/v1/traces?limit=200")).Text.ShouldNotContain(planted);
        steps.Platform.Logs.ShouldNotContain(planted);
    }

    [Fact]
    public async Task A_key_that_is_bounded_to_other_actions_is_told_which_one_it_lacks()
    {
        var steps = await shared.Get();
        var name = $"bounded-{Guid.NewGuid():n}"[..20];
        var key = (await steps.Admin.Post("/api/v1/keys", new { name, roles = new[] { "admin" }, scopes = new[] { "prompts:get" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await steps.OnEveryGateway(async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), key).Request("prompts/list")).Status == HttpStatusCode.OK, Steps.Propagation);

        using var modern = new ModernCaller(new Uri(steps.Platform.Address, "/mcp"), key);
        foreach (var tool in (string[])["up__echo", "there-is-none"])
        {
            var answer = await modern.Call(tool);
            answer.Status.ShouldBe(HttpStatusCode.Forbidden);
            answer.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldBe("insufficient_scope");
            answer.Headers["WWW-Authenticate"].ShouldBe(
                $"Bearer error=\"insufficient_scope\", resource_metadata=\"{new Uri(steps.Platform.Address, "/.well-known/oauth-protected-resource/mcp")}\", scope=\"tools:call\"");
        }

        // Whichever gateway has the session: the address is the one that the client knows.
        using var opened = new LegacyCaller(new Uri(steps.Platform.Gateways[0], "/mcp"), key);
        await opened.Request("prompts/list");
        using var elsewhere = opened.At(new Uri(steps.Platform.Gateways[^1], "/mcp"));
        (await elsewhere.Call("up__echo")).Headers["WWW-Authenticate"].ShouldContain($"\"{new Uri(steps.Platform.Gateways[^1], "/.well-known")}");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Foreign_pages_and_foreign_hosts_get_nowhere(string path)
    {
        var steps = await shared.Get();
        var (endpoint, key) = (new Uri(steps.Platform.Address, path), steps.Platform.AdminKey);
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get, HttpMethod.Delete])
        {
            foreach (var (header, value) in ((string, string)[])[("Origin", "null"), ("Origin", "https://evil.example"), ("Origin", "http://localhost.evil.example"), ("Host", "evil.example"), ("Host", "127.0.0.1.evil.example:80")])
            {
                foreach (var credential in (string?[])[key, null])
                {
                    using var answer = await Send(method, endpoint, credential, (header, value));

                    answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {header}: {value}");
                    answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
                    answer.Headers.ToString().ShouldNotContain("evil.example");
                }
            }
        }

        using var described = await Send(HttpMethod.Get, new Uri(steps.Platform.Address, $"/.well-known/oauth-protected-resource{path}"), null, ("Host", "evil.example"));
        described.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/servers/up")]
    public async Task A_body_that_is_not_announced_as_json_is_415(string path)
    {
        var steps = await shared.Get();
        foreach (var type in (string[])["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
        {
            using var answer = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, path), steps.Platform.AdminKey, ("Content-Type", type));
            answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType, type);
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_page_that_is_allowed_may_ask_and_see_answers_and_others_may_not(string path)
    {
        // Pages of this machine are allowed on loopback; others by Gateway__AllowedOrigins.
        const string Page = "http://localhost:6274";
        var steps = await shared.Get();
        var endpoint = new Uri(steps.Platform.Address, path);
        using var asked = await Send(HttpMethod.Options, endpoint, null, ("Origin", Page), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,mcp-param-x"));
        asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        asked.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Page]);
        asked.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["authorization,mcp-param-x"]);
        asked.Headers.GetValues("Access-Control-Allow-Methods").ShouldBe(["GET, POST, DELETE"]);
        asked.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();

        using var foreign = await Send(HttpMethod.Options, endpoint, null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"));
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreign.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

        foreach (var address in (Uri[])[endpoint, new(steps.Platform.Address, $"/.well-known/oauth-protected-resource{path}")])
        {
            using var seen = await Send(HttpMethod.Get, address, null, ("Origin", Page));
            seen.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([Page]);
            seen.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("Mcp-Session-Id");
            seen.Headers.Vary.ShouldContain("Origin");
        }
    }

    [Fact]
    public async Task A_page_gets_the_id_of_its_session()
    {
        var steps = await shared.Get();

        using var opened = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, "/mcp"), steps.Platform.AdminKey, ("Origin", "http://127.0.0.1:3000"));

        opened.StatusCode.ShouldBe(HttpStatusCode.OK);
        opened.Headers.Contains("Mcp-Session-Id").ShouldBeTrue();
        opened.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://127.0.0.1:3000"]);
    }

    private static async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, string? key = null, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(Initialize, Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await answer.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        return answer;
    }

    private static Dictionary<string, string> Challenge(HttpResponseMessage answer)
    {
        var challenge = answer.Headers.WwwAuthenticate.ShouldHaveSingleItem();
        challenge.Scheme.ShouldBe("Bearer");
        return challenge.Parameter!.Split(", ").Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1].Trim('"'));
    }
}
