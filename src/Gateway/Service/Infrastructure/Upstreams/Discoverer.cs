using System.Text.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>Looks at a server for the registry, over the same connection that calls use.</summary>
internal sealed partial class Discoverer(UpstreamPool pool, ConditionalTools conditional, ILogger<Discoverer> logger)
{
    /// <summary>Whoever has more bad items than this has found out by then.</summary>
    private const int MostLeftOut = 20;

    /// <summary>Longest a whole look may take, the start of a process and all pages included.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Never throws for a server that fails: that is what the answer is about.</summary>
    public async Task<DiscoveredServer> Discover(DiscoverServer server, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        DiscoveredServer? last = null;
        foreach (var (connection, _) in State.ServerRoute.EndpointsOf(server.Connection))
        {
            // One endpoint that answers is enough to know the server by; which of them do not is the breakers' business.
            last = await Look(server, connection, limit.Token, cancellationToken);
            if (last.Failure is null)
            {
                return last;
            }
        }

        return last!;
    }

    private async Task<DiscoveredServer> Look(DiscoverServer server, ServerConnection connection, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            var key = new UpstreamKey(server.TenantId, server.ServerId, State.ServerRoute.HashOf(connection));
            var (handshake, seen) = await Look(key, connection, limit);
            var (legacy, modern) = handshake.Version.IsModern ? (null, CatalogLook.FaceOf(handshake)) : (CatalogLook.FaceOf(handshake), default(ServerFace));
            if (handshake.IsDual && await OtherEra(key, connection, limit) is { } other)
            {
                (legacy, seen) = (CatalogLook.FaceOf(other.Handshake), CatalogLook.Join(other.Seen, seen));
            }

            if (seen.LeftOut.Count > 0)
            {
                ItemsLeftOut(logger, server.Slug, seen.LeftOut.Count);
            }

            return new DiscoveredServer(
                handshake.Version.Text, NameOf(handshake.ServerInfo), seen.DeclaresTools, seen.Tools, null, null,
                new ServerOffer(legacy, modern, seen.Prompts, seen.Resources, seen.ResourceTemplates)) { LeftOut = seen.LeftOut.Count == 0 ? null : [.. seen.LeftOut.Take(MostLeftOut)] };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed("timeout", $"The server did not complete the handshake and its list within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (CallFailure.Of(exception) is { } failure)
        {
            return Failed(failure.Code, failure.Message);
        }
        catch (JsonException)
        {
            return Failed("protocol_error", "A definition is not well-formed JSON.");
        }
    }

    private async Task<(UpstreamHandshake Handshake, CatalogLook Seen)> Look(UpstreamKey key, ServerConnection connection, CancellationToken limit)
    {
        using var lease = await pool.Look(key, connection, limit);
        var handshake = await lease.Connection.Connect(limit);
        var seen = await CatalogLook.At(lease.Connection, handshake, connection.Transport == "http", limit);
        return (handshake, await conditional.AddTo(seen, handshake, key, connection, limit));
    }

    /// <summary>The legacy side of a modern server that says it has one; null when it does not show it. Its modern side is worth having all the same.</summary>
    private async Task<(UpstreamHandshake Handshake, CatalogLook Seen)?> OtherEra(UpstreamKey key, ServerConnection connection, CancellationToken limit)
    {
        try
        {
            return await Look(key with { Era = EraChoice.Legacy }, connection, limit);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && CallFailure.Of(exception) is not null)
        {
            return null;
        }
    }

    private static string NameOf(ReadOnlyMemory<byte> serverInfo)
    {
        var name = JsonMembers.IsObject(serverInfo.Span) ? JsonMembers.Text(JsonMembers.Find(serverInfo, "name"u8)) : null;
        var version = name is null ? null : JsonMembers.Text(JsonMembers.Find(serverInfo, "version"u8));
        return $"{name} {version}".Trim();
    }

    private static DiscoveredServer Failed(string code, string message) => new("", "", false, [], code, message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} items in the lists of server {Server} are left out; its health_message says why.")]
    private static partial void ItemsLeftOut(ILogger logger, string server, int count);
}
