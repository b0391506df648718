using System.Net;
using System.Text;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Pages of other origins as clients of the client API, as a browser lets them: it asks before, and shows the page what it may see. The management API serves its own pages alone.</summary>
public abstract class PageScenarios(SharedPlatform shared)
{
    // Pages of this machine are allowed on loopback; others by Gateway__AllowedOrigins.
    private const string Page = "http://localhost:6274";
    private const string Foreign = "https://evil.example";

    [Theory]
    [InlineData("/v1/route/execute")]
    [InlineData("/v1/route/discover")]
    [InlineData("/v1/mcp/clients")]
    [InlineData("/v1/mcp/clients/any")]
    [InlineData("/v1/mcp/clients/any/tools")]
    [InlineData("/v1/mcp/clients/any/execute")]
    public async Task A_browser_is_told_that_an_allowed_page_may_ask_and_no_other(string path)
    {
        var steps = await shared.Get();

        using var asked = await Send(HttpMethod.Options, new Uri(steps.Platform.Address, path), null, ("Origin", Page), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type"));
        using var foreign = await Send(HttpMethod.Options, new Uri(steps.Platform.Address, path), null, ("Origin", Foreign), ("Access-Control-Request-Method", "POST"));

        asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        One(asked, "Access-Control-Allow-Origin").ShouldBe(Page);
        One(asked, "Access-Control-Allow-Headers").ShouldBe("authorization,content-type");
        One(asked, "Access-Control-Allow-Methods").ShouldBe("GET, POST, DELETE");
        asked.Headers.Vary.ShouldContain("Origin");
        asked.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreign.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_allowed_page_sees_answers_and_refusals_with_the_headers_that_clients_read_at_whichever_gateway_its_client_lives()
    {
        var steps = await shared.Get();
        using var opened = await Send(HttpMethod.Post, new Uri(steps.Platform.Gateways[0], "/v1/mcp/clients"), steps.Platform.AdminKey, ("Origin", Page));
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var elsewhere = await Send(HttpMethod.Get, new Uri(steps.Platform.Gateways[^1], opened.Headers.Location!.ToString()), steps.Platform.AdminKey, ("Origin", Page));
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var unknown = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, "/v1/route/execute"), steps.Platform.AdminKey, ("Origin", Page));
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var nobody = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, "/v1/route/execute"), null, ("Origin", Page));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        foreach (var answer in (HttpResponseMessage[])[opened, elsewhere, unknown, nobody])
        {
            One(answer, "Access-Control-Allow-Origin").ShouldBe(Page);
            foreach (var header in (string[])["Mcp-Session-Id", "Cache-Status", "Retry-After", "RateLimit-Remaining", "Location", "WWW-Authenticate", "X-Request-Id"])
            {
                One(answer, "Access-Control-Expose-Headers").Split(", ").ShouldContain(header);
            }
        }

        using var foreign = await Send(HttpMethod.Post, new Uri(steps.Platform.Address, "/v1/mcp/clients"), steps.Platform.AdminKey, ("Origin", Foreign));
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreign.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The platform's own pages (/swagger) are of its own origin; a page of another one is shown nothing, whoever holds a key.</summary>
    [Theory]
    [InlineData("/api/v1/servers")]
    [InlineData("/v1/integrations/mcp")]
    [InlineData("/openapi/client-v1.json")]
    public async Task The_management_API_tells_no_browser_to_show_it_to_pages_of_other_origins(string path)
    {
        var steps = await shared.Get();
        foreach (var origin in (string[])[Page, Foreign])
        {
            using var asked = await Send(HttpMethod.Options, new Uri(steps.Platform.Address, path), null, ("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-api-key"));
            using var got = await Send(HttpMethod.Get, new Uri(steps.Platform.Address, path), steps.Platform.AdminKey, ("Origin", origin));

            asked.IsSuccessStatusCode.ShouldBeFalse();
            foreach (var answer in (HttpResponseMessage[])[asked, got])
            {
                answer.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    private static string One(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).ShouldHaveSingleItem();

    private static async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, string? key, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
