using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>
/// One endpoint over several servers: what all of them have, each once; resources by their URIs, prompts and completion by reference; and no server is asked for what the gateway
/// knows.
/// </summary>
public abstract class AggregationScenarios(AggregatedServers servers) : IDisposable
{
    private readonly List<McpCaller> _callers = [];
    private readonly Steps _steps = servers.Steps;
    private readonly string _east = servers.East;
    private readonly string _west = servers.West;
    private readonly string _lost = servers.Lost;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _callers.ForEach(c => c.Dispose());
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task A_uri_that_two_servers_have_is_an_error_that_names_both_and_each_ones_endpoint_reads_its_own(string era)
    {
        var answer = await Read(Caller(era, _steps.Mcp), AggregatedServers.Both);

        answer.ErrorCode.ShouldBe(-32602);
        var data = answer.Message!["error"]!["data"]!;
        (data["code"]!.GetValue<string>(), data["uri"]!.GetValue<string>()).ShouldBe(("resource.ambiguous", AggregatedServers.Both));
        data["servers"]!.AsArray().Select(s => s!.GetValue<string>()).ShouldBe([_east, _west], ignoreOrder: true);
        TextOf(await Read(Caller(era, _steps.McpOf(_east)), AggregatedServers.Both)).ShouldBe($"{_east} {AggregatedServers.Both}");
        TextOf(await Read(Caller(era, _steps.McpOf(_west)), AggregatedServers.Both)).ShouldBe($"{_west} {AggregatedServers.Both}");
    }

    [Fact]
    public async Task What_a_caller_may_not_see_makes_no_uri_ambiguous()
    {
        var key = await _steps.KeyWith(
            $"only-{_east}", new { id = "r", effect = "allow", actions = new[] { "resources:read" }, resources = new[] { $"resource:{_east}/*", $"resource:{_east}/**" } });
        var caller = Kept(new ModernCaller(_steps.Mcp, key.Text));

        TextOf(await Read(caller, AggregatedServers.Both)).ShouldBe($"{_east} {AggregatedServers.Both}");
        (await Read(caller, $"own://{_west}/one")).Message!["error"]!["message"]!.GetValue<string>().ShouldBe("Resource not found.");
        (await All(caller, "resources/list", "resources")).Select(r => r["uri"]!.GetValue<string>()).ShouldNotContain($"own://{_west}/one");
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task A_uri_is_read_at_the_server_that_lists_it_or_has_a_template_for_it(string era)
    {
        var caller = Caller(era, _steps.Mcp);

        TextOf(await Read(caller, $"own://{_west}/one")).ShouldBe($"{_west} own://{_west}/one");
        TextOf(await Read(caller, $"item://{_east}/4711")).ShouldBe($"{_east} item://{_east}/4711");
        (await Read(caller, $"item://{_east}/4711/parts")).ErrorCode.ShouldBe(era == "modern" ? -32602 : -32002);
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task A_prompt_is_asked_for_under_its_servers_prefix_and_the_server_sees_its_own_name(string era)
    {
        var caller = Caller(era, _steps.Mcp);

        (await All(caller, "prompts/list", "prompts")).Select(p => p["name"]!.GetValue<string>()).ShouldContain($"{_east}__greet");
        var answer = await caller.Request("prompts/get", new JsonObject { ["name"] = $"{_west}__greet", ["arguments"] = new JsonObject { ["who"] = "you" } });

        answer.Result["description"]!.GetValue<string>().ShouldBe(_west);
        Asked("prompts/get").ShouldSatisfyAllConditions(
            a => a.Server.ShouldBe(_west),
            a => a.Params.ShouldContain("\"name\":\"greet\""),
            a => a.Params.ShouldContain("\"who\":\"you\""));
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task Completion_goes_to_the_server_of_the_prompt_or_template_that_it_refers_to(string era)
    {
        var caller = Caller(era, _steps.Mcp);

        (await Complete(caller, new JsonObject { ["type"] = "ref/prompt", ["name"] = $"{_west}__greet" })).ShouldBe([_west]);
        Asked("completion/complete").Params.ShouldContain("\"name\":\"greet\"");
        (await Complete(caller, new JsonObject { ["type"] = "ref/resource", ["uri"] = $"item://{_east}/{{id}}" })).ShouldBe([_east]);
        (await caller.Request("completion/complete", new JsonObject { ["ref"] = new JsonObject { ["type"] = "ref/tool" } })).ErrorCode.ShouldBe(-32602);
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task A_list_of_all_servers_has_every_item_once_on_however_many_pages(string era)
    {
        var caller = Caller(era, _steps.Mcp);

        var uris = (await All(caller, "resources/list", "resources")).Select(r => r["uri"]!.GetValue<string>()).Where(u => u.Contains(_east, StringComparison.Ordinal)).ToList();
        uris.Count.ShouldBe(AggregatedServers.Many + 1);
        uris.ShouldBeUnique();
        (await All(caller, "resources/templates/list", "resourceTemplates")).Select(t => t["uriTemplate"]!.GetValue<string>()).ShouldContain($"item://{_west}/{{id}}");
        (await caller.Request("resources/list", new JsonObject { ["cursor"] = "AAAAmadeup" })).ErrorCode.ShouldBe(-32602);
    }

    [Theory]
    [InlineData("modern")]
    [InlineData("legacy")]
    public async Task With_one_server_that_never_answers_clients_begin_and_list_as_before_and_only_its_own_things_fail(string era)
    {
        await servers.Upstreams[_lost].Kill();
        var deaf = new TcpListener(IPAddress.Loopback, servers.Upstreams[_lost].Port);
        deaf.Start();
        try
        {
            var caller = Caller(era, _steps.Mcp);
            await Begin().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            TextOf(await Read(caller, $"own://{_west}/one")).ShouldBe($"{_west} own://{_west}/one");

            deaf.Stop();
            var failed = await Read(caller, $"own://{_lost}/one");
            failed.ErrorCode.ShouldBe(-31004);
            failed.Message!["error"]!["data"]!["code"]!.GetValue<string>().ShouldStartWith("upstream.");

            async Task Begin()
            {
                if (era == "modern")
                {
                    (await caller.Request("server/discover")).Result["capabilities"]!["prompts"].ShouldNotBeNull();
                }

                (await caller.ToolNames()).ShouldContain($"{_lost}__safe");
                (await All(caller, "prompts/list", "prompts")).Select(p => p["name"]!.GetValue<string>()).ShouldContain($"{_lost}__greet");
                (await All(caller, "resources/list", "resources")).Select(r => r["uri"]!.GetValue<string>()).ShouldContain($"own://{_lost}/one");
            }
        }
        finally
        {
            deaf.Dispose();
            await servers.Upstreams[_lost].Listen();
        }
    }

    /// <summary>The last request of a method that reached a server.</summary>
    private (string Server, string Method, string Params) Asked(string method) => servers.Asked.Last(a => a.Method == method);

    private McpCaller Caller(string era, Uri endpoint) =>
        Kept(era == "modern" ? new ModernCaller(endpoint, _steps.Platform.AdminKey) : new LegacyCaller(endpoint, _steps.Platform.AdminKey));

    private McpCaller Kept(McpCaller caller)
    {
        _callers.Add(caller);
        return caller;
    }

    private static Task<McpAnswer> Read(McpCaller caller, string uri) => caller.Request("resources/read", new JsonObject { ["uri"] = uri });

    private static string TextOf(McpAnswer answer) => answer.Result["contents"]![0]!["text"]!.GetValue<string>();

    private static async Task<string[]> Complete(McpCaller caller, JsonObject reference)
    {
        var parameters = new JsonObject { ["ref"] = reference, ["argument"] = new JsonObject { ["name"] = "who", ["value"] = "y" } };
        return [.. (await caller.Request("completion/complete", parameters)).Result["completion"]!["values"]!.AsArray().Select(v => v!.GetValue<string>())];
    }

    private static async Task<List<JsonNode>> All(McpCaller caller, string method, string member)
    {
        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var result = (await caller.Request(method, cursor is null ? null : new JsonObject { ["cursor"] = cursor })).Result;
            all.AddRange(result[member]!.AsArray()!);
            cursor = result["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return all;
    }
}
