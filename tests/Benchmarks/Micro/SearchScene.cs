using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.State;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>A tool set as large as GitHub's REST API, searched by words and by vectors of 256 numbers. The words are made up and the vectors are random: what it costs does not depend on what they say.</summary>
internal sealed class SearchScene
{
    private const int Tools = 767;
    private const int Numbers = 256;
    private const string Query = "create an issue in a repository";

    private static readonly string[] Verbs = ["list", "get", "create", "update", "delete", "check", "set", "add"];
    private static readonly string[] Nouns = ["issue", "repository", "release", "branch", "team", "member", "workflow", "artifact", "secret", "runner", "comment", "label"];

    private readonly Random _random = new(1);
    private readonly RegistrySnapshot _snapshot;
    private readonly ToolSearch _search;
    private readonly SearchVector _vector;

    public SearchScene()
    {
        var registry = Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), 1, 0);
        var terms = new ToolSetTerms("All", "", null, [new SetMember("*")], Disclosure: ToolSetDisclosure.On);
        _snapshot = registry with
        {
            Servers = [registry.Servers[0] with { Tools = [.. Enumerable.Range(0, Tools).Select(Tool)] }],
            ToolSets = [new ToolSetEntry(Guid.Empty, Scenery.Tenant, "all", 1, terms)],
            VectorSpace = "random@256",
        };
        _search = RegistryState.Compile(_snapshot, RegistryState.Empty).RoutesOf(Scenery.Tenant).Sets["all"].Search!;
        _vector = SearchVector.Of(Vector())!;
    }

    public void ByWords() => Found(_search.Find(Query, 5, static _ => true));

    public void ByBoth() => Found(_search.Find(Query, 5, static _ => true, _vector));

    /// <summary>The whole snapshot, as when the server changed.</summary>
    public void Compile() => RegistryState.Compile(_snapshot, RegistryState.Empty);

    private static void Found(IReadOnlyList<SetTool> tools)
    {
        if (tools.Count != 5)
        {
            throw new InvalidOperationException("There are five of everything.");
        }
    }

    private ToolDefinition Tool(int i)
    {
        var (verb, noun, other) = (Verbs[i % Verbs.Length], Nouns[i / Verbs.Length % Nouns.Length], Nouns[i / 7 % Nouns.Length]);
        var name = $"{noun}_{verb}_{i}";
        var description = $"Lets you {verb} a {noun} of a {other}, as the owner or somebody with admin access to it. See the documentation of variant {i} for what else it takes.";
        var properties = $"\"owner\":{{}},\"repo\":{{}},\"{noun}_id\":{{}},\"per_page\":{{}}";
        var definition = JsonElement.Parse($"{{\"name\":\"{name}\",\"description\":\"{description}\",\"inputSchema\":{{\"type\":\"object\",\"properties\":{{{properties}}}}}}}");
        return new ToolDefinition(name, $"hash-{i}", definition) { Vector = Vector() };
    }

    private byte[] Vector() => ToolVector.Quantise([.. Enumerable.Range(0, Numbers).Select(_ => (float)(_random.NextDouble() - 0.5))])!;
}
