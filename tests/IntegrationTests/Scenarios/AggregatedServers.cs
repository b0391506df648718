using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Two servers that share a URI, and one that a test takes away; each has a resource, a template and a prompt of its own, and answers with its name.</summary>
public abstract class AggregatedServers(SharedPlatform shared) : IAsyncLifetime
{
    public const string Both = "shared://both";

    /// <summary>Further resources of each server: more than a page.</summary>
    public const int Many = 230;

    public string East { get; } = $"a{Guid.NewGuid():n}"[..10] + "-east";

    public string West { get; } = $"a{Guid.NewGuid():n}"[..10] + "-west";

    public string Lost { get; } = $"a{Guid.NewGuid():n}"[..10] + "-lost";

    internal Steps Steps { get; private set; } = null!;

    internal Dictionary<string, ScriptedUpstream> Upstreams { get; } = [];

    /// <summary>What reached the servers of what is asked of one of them.</summary>
    internal ConcurrentQueue<(string Server, string Method, string Params)> Asked { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Steps = await shared.Get();
        foreach (var server in new[] { East, West, Lost })
        {
            Upstreams[server] = await ScriptedUpstream.Start();
            Fill(Upstreams[server].Results, server);
            await Steps.RegisterHttp(server, Upstreams[server].Address);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var (server, upstream) in Upstreams)
        {
            (await Steps.Admin.Delete($"/api/v1/servers/{server}")).Expect(HttpStatusCode.NoContent);
            await upstream.DisposeAsync();
        }
    }

    private static void Offer(Dictionary<string, Func<JsonNode?, JsonNode?>> results, string method, string json) => results[method] = _ => JsonNode.Parse(json);

    private void Fill(Dictionary<string, Func<JsonNode?, JsonNode?>> results, string server)
    {
        Offer(results, "initialize", """
            {"protocolVersion":"2025-11-25","capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}},"serverInfo":{"name":"offering","version":"1"}}
            """);
        Offer(results, "resources/templates/list", $$"""{"resourceTemplates":[{"uriTemplate":"item://{{server}}/{id}","name":"item"}]}""");
        Offer(results, "prompts/list", """{"prompts":[{"name":"greet","arguments":[{"name":"who"}]}]}""");
        results["resources/list"] = _ => new JsonObject
        {
            ["resources"] = new JsonArray(
            [
                Resource(server == Lost ? "shared://lost" : Both), Resource($"own://{server}/one"), .. Enumerable.Range(0, Many).Select(n => Resource($"many://{server}/{n}")),
            ]),
        };
        Answer("resources/read", p => new JsonObject
        {
            ["contents"] = new JsonArray(new JsonObject { ["uri"] = p!["uri"]!.GetValue<string>(), ["text"] = $"{server} {p["uri"]!.GetValue<string>()}" }),
        });
        Answer("prompts/get", _ => new JsonObject { ["description"] = server, ["messages"] = new JsonArray() });
        Answer("completion/complete", _ => new JsonObject { ["completion"] = new JsonObject { ["values"] = new JsonArray(server) } });

        void Answer(string method, Func<JsonNode?, JsonNode?> result) => results[method] = p =>
        {
            Asked.Enqueue((server, method, p!.ToJsonString()));
            return result(p);
        };
    }

    private static JsonObject Resource(string uri) => new JsonObject { ["uri"] = uri, ["name"] = uri };
}
