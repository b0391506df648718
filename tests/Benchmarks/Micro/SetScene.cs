using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>The same call and the same list at the endpoint of all servers, at a tool set, and at a tool set by a client with a profile: what the one costs more than the other, side by side.</summary>
internal sealed class SetScene
{
    private readonly GatewayState _state;
    private readonly Caller _caller;
    private readonly ToolSetRoute _set;
    private readonly ToolSetRoute _renamed;

    public SetScene(GatewayState plain)
    {
        var registry = Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), Scenery.Servers, Scenery.ToolsEach);
        var fixing = new SetOverride("bench", "echo", Arguments: new Dictionary<string, JsonElement> { ["mode"] = JsonElement.Parse("\"fast\"") });
        var terms = new ToolSetTerms("All", "", null, [new SetMember("*")]);
        _state = plain with
        {
            Registry = RegistryState.Compile(registry with { ToolSets = [Set("all", terms), Set("fixed", terms with { Overrides = [fixing] })] }, RegistryState.Empty),
        };
        ApiKeys.Authenticate(_state, Scenery.Key, TimeProvider.System, out var caller);
        _caller = caller!;
        (_set, _renamed) = (_state.Registry.RoutesOf(Scenery.Tenant).Sets["all"], _state.Registry.RoutesOf(Scenery.Tenant).Sets["fixed"]);
    }

    /// <summary>A call is read, resolved, decided about and written anew for its server; a list is all of its five pages.</summary>
    public IEnumerable<(string Name, Action Operation)> EntryPoints()
    {
        var profile = ProfileSet.BuiltIn.Find("claude")!;
        yield return ("call: at /mcp", () => Call(null, null));
        yield return ("call: at a set", () => Call(_set, null));
        yield return ("call: at a set, by a client with a profile", () => Call(_set, profile));
        yield return ("call: at a set that fixes an argument of the tool", () => Call(_renamed, null));
        yield return ("list: at /mcp, 1000 tools on 5 pages", () => List(null, null));
        yield return ("list: at a set, the same", () => List(_set, null));
        yield return ("list: at a set, by a client with a profile, the same", () => List(_set, profile));
    }

    private static readonly byte[] Message = Encoding.UTF8.GetBytes(
        $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bench__echo","arguments":{"text":"{{{{new string('x', 100)}}}}"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""");

    private void Call(ToolSetRoute? set, ClientProfile? profile)
    {
        var call = new ToolCall
        {
            State = _state,
            Caller = _caller,
            Credential = Scenery.Key,
            Server = null,
            Set = set,
            Profile = profile,
            Message = EnvelopeParser.Parse(Message).Envelope!,
            ProtocolVersion = ProtocolVersion.July2026,
            RequestId = "bench",
            StartedAt = DateTimeOffset.UnixEpoch,
            StartedTimestamp = 0,
        };
        if (Access.Decide(call) is { } refusal)
        {
            throw new InvalidOperationException($"The call of the measurement must be allowed: {refusal.Code}.");
        }

        using var buffer = new PooledBuffer(call.Message.Params.Length + 64);
        if (call.OwnParams is { } own)
        {
            JsonSplice.Write(call.Message.Params.Span, own, buffer);
        }
    }

    private void List(ToolSetRoute? set, ClientProfile? profile)
    {
        string? cursor = null;
        do
        {
            using var page = new PooledBuffer(16 * 1024);
            if (!CatalogList.TryWrite(_state, _caller, McpMethods.ListTools, null, ProtocolEra.Modern, cursor, new Asked(DateTimeOffset.UnixEpoch, null), page, set: set, profile: profile))
            {
                throw new InvalidOperationException("The cursor must be good.");
            }

            cursor = JsonMembers.Text(JsonMembers.Find(page.Written, "nextCursor"u8));
        }
        while (cursor is not null);
    }

    private static ToolSetEntry Set(string slug, ToolSetTerms terms) => new(Guid.NewGuid(), Scenery.Tenant, slug, 1, terms);
}
