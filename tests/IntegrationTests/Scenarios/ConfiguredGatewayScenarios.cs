using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What the gateway's own options say, on the platform that has some: which pages may call, and what kinds of clients there are.</summary>
public abstract partial class ConfigurationScenarios
{
    [Theory]
    [InlineData(ConfiguredPlatform.Page, true)]
    [InlineData("https://console.example.evil.example", false)]
    [InlineData("http://console.example", false)]
    [InlineData("null", false)]
    public async Task Pages_of_the_origins_that_the_operator_names_may_call_and_no_others(string origin, bool may)
    {
        using var http = new HttpClient { BaseAddress = _steps.Platform.Address };
        foreach (var path in (string[])["/mcp", "/v1/mcp/clients", "/v1/route/execute"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, path);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

            answer.StatusCode.ShouldBe(may ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden, path);
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(may, path);
        }
    }

    [Fact]
    public async Task A_client_that_does_worse_when_it_is_told_of_changed_lists_is_not_told_and_hears_so_when_it_asks()
    {
        await Lists("declared__echo");
        using var client = new WireClient(_steps.Mcp, _steps.Platform.AdminKey, WireClient.Modern);

        await using var told = await Listen(client);
        await using var quiet = await Listen(client, ("Mcp-Client-Profile", ConfiguredPlatform.QuietProfile));

        (await told.Next())!.Text.ShouldContain("\"toolsListChanged\":true");
        (await quiet.Next())!.Text.ShouldNotContain("toolsListChanged");

        static Task<WireExchange> Listen(WireClient client, params (string, string)[] headers) =>
            client.Send("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}", "\"l\"", headers: headers);
    }
}
