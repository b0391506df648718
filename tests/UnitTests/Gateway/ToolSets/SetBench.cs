using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>A compiled state of one tenant with servers and one tool set, <c>set</c>, and what its caller gets of it.</summary>
internal sealed class SetBench
{
    private static readonly Asked Now = new(DateTimeOffset.UnixEpoch, null);

    private SetBench(GatewayState state) => State = state;

    public GatewayState State { get; }

    public Caller Caller => State.Policy.Keys.Values.Single();

    public ToolSetRoute Set => State.Registry.RoutesOf(DefaultTenant.Id).Sets["set"];

    public static SetBench Of(ToolSetTerms terms, params ServerEntry[] servers) => Of(Snapshots.AllowAll, terms, servers);

    public static SetBench Of(string policy, ToolSetTerms terms, params ServerEntry[] servers) => new(new GatewayState(
        PolicyState.Compile(Snapshots.Policy(1, Snapshots.Tenant(policy)), PolicyState.Empty),
        RegistryState.Compile(new RegistrySnapshot(1, DateTimeOffset.UnixEpoch, servers, ToolSets: [new ToolSetEntry(Guid.Empty, DefaultTenant.Id, "set", 1, terms)]), RegistryState.Empty),
        0,
        0));

    public static ToolSetTerms Terms(params SetMember[] members) => new("Set", "", null, members);

    public static ServerEntry Server(string slug, params (string Name, string Members)[] tools) => Snapshots.Server(slug) with
    {
        Tools = [.. tools.Select(tool => new ToolDefinition(tool.Name, tool.Name, Json($$"""{"name":"{{tool.Name}}",{{tool.Members}}}""")))],
    };

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public JsonElement List(string method = McpMethods.ListTools, bool isDisclosed = false)
    {
        using var output = new PooledBuffer();
        if (!CatalogList.TryWrite(State, Caller, method, null, ProtocolEra.Legacy, null, Now, output, ClientAbilities.All, Set, isDisclosed))
        {
            throw new InvalidOperationException("The first page has no cursor.");
        }

        return Json(Encoding.UTF8.GetString(output.Written.Span));
    }

    public IEnumerable<string> Names(bool isDisclosed = false) => List(isDisclosed: isDisclosed).GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!);

    public string Ask(string tool, string arguments, SearchVector? vector = null) => Raw(tool, arguments, vector).GetProperty("content")[0].GetProperty("text").GetString()!;

    /// <summary>The whole result.</summary>
    public JsonElement Raw(string tool, string arguments, SearchVector? vector = null) => Json(Encoding.UTF8.GetString(MetaTools.Answer(
        Set, tool, Encoding.UTF8.GetBytes(arguments), item => CatalogList.Shows(item, Caller, ProtocolEra.Legacy, ClientAbilities.All, Now), vector)));

    public DisclosedList Disclosed() => MetaTools.For(Set, Caller, ProtocolEra.Legacy, ClientAbilities.All, Now);

    /// <summary>Resolves and decides a call at the set's endpoint.</summary>
    public (ToolCall Call, CallRefusal? Refusal) Call(string parameters, string method = McpMethods.CallTool)
    {
        var call = new ToolCall
        {
            State = State,
            Caller = Caller,
            Credential = "",
            Server = null,
            Set = Set,
            Message = EnvelopeParser.Parse(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""")).Envelope!,
            ProtocolVersion = ProtocolVersion.Find("2025-11-25")!,
            RequestId = "",
            StartedAt = Now.Time,
            StartedTimestamp = 0,
        };
        return (call, Access.Decide(call));
    }
}
