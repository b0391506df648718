using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Finds the tools that a legacy server has only for clients which can be asked for something, by looking at it as such a client: once as one that can be asked for everything, and only
/// when that one sees more, once without each ability, to know which of them it takes. Where processes are shared nobody can be asked, so there is nothing to find.
/// </summary>
internal sealed class ConditionalTools(UpstreamPool pool, GatewayStateStore store, TimeProvider time)
{
    /// <summary>For all of it. What was known of them before rules where it is not enough.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    /// <summary>The look with these tools, each with what it needs. Never fails: a server that answers one client and not another is known by the first.</summary>
    public async Task<CatalogLook> AddTo(CatalogLook seen, UpstreamHandshake handshake, UpstreamKey key, ServerConnection how, CancellationToken cancellationToken)
    {
        if (handshake.Version.IsModern || !CanChange(handshake) || (how.Transport == "stdio" && ProcessScopes.Of(how) is ProcessScope.Tenant or ProcessScope.Shared))
        {
            return seen;
        }

        var usual = seen.Tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        var known = Known(key).Where(tool => !usual.Contains(tool.Name)).ToList();
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var more = (await ToolsFor(ClientAbilities.All)).Where(tool => !usual.Contains(tool.Name)).ToList();
            if (more.Count == 0)
            {
                return seen;
            }

            var isNew = more.Exists(tool => !known.Exists(old => old.Name == tool.Name && old.Hash == tool.Hash));
            return With(isNew ? await Explained(more) : more.Select(tool => tool with { Needs = known.Find(old => old.Name == tool.Name)!.Needs }));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return With(known);
        }
        catch (Exception exception) when (exception is JsonException || CallFailure.Of(exception) is not null)
        {
            return With(known);
        }

        CatalogLook With(IEnumerable<ToolDefinition> tools) => seen with { Tools = [.. seen.Tools, .. tools] };

        async Task<IReadOnlyList<ToolDefinition>> ToolsFor(ClientAbilities abilities)
        {
            using var lease = await pool.LookAs(key with { Era = EraChoice.Legacy }, how, ClientAbility.Declare(abilities), either.Token);
            await lease.Connection.Connect(either.Token);
            return await CatalogLook.ToolsAt(lease.Connection, either.Token);
        }

        async Task<IEnumerable<ToolDefinition>> Explained(List<ToolDefinition> tools)
        {
            var needs = tools.ToDictionary(tool => tool.Name, _ => ClientAbilities.None);
            foreach (var ability in ClientAbility.Each)
            {
                // There is no asking for an address without asking.
                var without = ClientAbilities.All & ~ability & ~(ability == ClientAbilities.Elicitation ? ClientAbilities.ElicitationByAddress : ClientAbilities.None);
                var there = (await ToolsFor(without)).Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var tool in tools.Where(tool => !there.Contains(tool.Name)))
                {
                    needs[tool.Name] |= ability;
                }
            }

            // One of several abilities is enough for it: whoever has all of them is sure to have that one.
            return tools.Select(tool => tool with { Needs = ClientAbility.Write(needs[tool.Name] is ClientAbilities.None ? ClientAbilities.All : needs[tool.Name]) });
        }
    }

    /// <summary>A server that never changes its list decides it before it knows its client.</summary>
    private static bool CanChange(UpstreamHandshake handshake) =>
        JsonMembers.Find(handshake.Capabilities, "tools"u8) is { IsEmpty: false } tools && JsonMembers.IsObject(tools.Span) && JsonMembers.Find(tools, "listChanged"u8).Span.SequenceEqual("true"u8);

    private IEnumerable<ToolDefinition> Known(UpstreamKey key) => store.Current.Registry.RoutesOf(key.TenantId).ById.TryGetValue(key.ServerId, out var route)
        ? route.Tools.Concat(route.WithheldTools).Where(tool => tool.Needs != ClientAbilities.None).Select(tool => new ToolDefinition(tool.Name, tool.Hash, JsonElement.Parse(tool.Definition.Span), null, ClientAbility.Write(tool.Needs)))
        : [];
}
