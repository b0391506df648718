using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Draining;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// <c>subscriptions/listen</c> of 2026-07-28: acknowledged with what is honoured, then events until the client leaves. Lists come out of the gateway's own state, which has the new ones
/// before anybody is told; resources are watched at their servers; tasks are the server's own, which is listened to for them on behalf of the client.
/// </summary>
internal sealed class ListenEndpoint(
    ChangeHub hub, ServerWatches watches, TenantWatches all, UpstreamPool pool, Standing standing, Listeners listeners, IOptions<GatewaySessionOptions> options, TimeProvider time,
    Drain drain, IHostApplicationLifetime lifetime)
{
    /// <param name="tellsLists">False: to such a client nothing is said of changed lists, and the acknowledgement says so.</param>
    public ValueTask Run(GatewayRequest request, McpRequestContext context, bool tellsLists, McpResponder responder, CancellationToken cancellationToken)
    {
        var wanted = context.Message.Param("notifications"u8);
        var uris = JsonMembers.Items(JsonMembers.Find(wanted, "resourceSubscriptions"u8)).Select(JsonMembers.Text).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (uris.Count > options.Value.MaxWatched)
        {
            return responder.Error(McpError.Params($"'params.notifications.resourceSubscriptions' has more than {options.Value.MaxWatched} entries."));
        }

        if (listeners.TryEnter(request.Caller.Tenant, request.Caller.Subject, out var full) is not { } place)
        {
            GatewayServer.SetRetryAfter(context.Http, SessionLimit.RetryAfter);
            return responder.Error(full!);
        }

        try
        {
            return Begin(request, context, wanted, tellsLists ? Wants(wanted) : Change.None, uris, place, responder, cancellationToken);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private ValueTask Begin(
        GatewayRequest request, McpRequestContext context, ReadOnlyMemory<byte> wanted, Change lists, List<string> uris, IDisposable place, McpResponder responder, CancellationToken cancellationToken)
    {
        var subscription = new ListenSubscription(Holder.Of(request), context.Message.Id.Detach(), lists, standing, time);
        foreach (var uri in uris)
        {
            if (Find(request, uri) is { } server)
            {
                watches.Add(server, uri);
                subscription.Uris[uri] = server.ServerId;
            }
        }

        var watch = subscription.Change == Change.None ? null : request.Server is { } only ? watches.Watch(only) : all.Watch(request.Caller.TenantId, request.Set?.Slug);
        var tasks = JsonMembers.Find(wanted, "taskIds"u8);
        Func<CancellationToken, Task>? follow = !tasks.IsEmpty && request.Server is { Modern: not null } own ? end => Tasks(own, context, tasks, subscription, end) : null;

        // From here on nothing holds the request's state.
        context.Http.Features.Set<GatewayRequest>(null);
        return Stream(subscription, place, watch, tasks, follow, responder, cancellationToken);
    }

    private async ValueTask Stream(
        ListenSubscription subscription, IDisposable place, IDisposable? watch, ReadOnlyMemory<byte> tasks, Func<CancellationToken, Task>? follow, McpResponder responder, CancellationToken cancellationToken)
    {
        using var held = place;
        using var watching = watch;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Closing, lifetime.ApplicationStopping);
        using var guard = standing.Guard(subscription.Holder, end);
        using var told = hub.Subscribe(subscription);
        try
        {
            await responder.Open(end.Token);
            await responder.Notify(subscription.Acknowledgement(follow is null ? default : tasks), end.Token);
            var listening = follow?.Invoke(end.Token) ?? Task.CompletedTask;
            await foreach (var message in subscription.Events.ReadAllAsync(end.Token))
            {
                await responder.Notify(message, end.Token);
            }

            await listening;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The gateway stops, and the client listens again elsewhere; or its key is not good any more, and there is nothing more to say to whoever has it.
            await responder.Result(subscription.End());
        }
        finally
        {
            foreach (var (uri, server) in subscription.Uris)
            {
                watches.Remove(subscription.TenantId, server, uri);
            }
        }
    }

    /// <summary>The one server of a resource that the caller may read; null: none, or several.</summary>
    private ServerRoute? Find(GatewayRequest request, string uri)
    {
        var routes = request.State.Registry.RoutesOf(request.Caller.TenantId);
        (IListed[] resources, IListed[] templates) = request.Set is { } set ? ((IListed[])set.Resources, (IListed[])set.ResourceTemplates) : (routes.Resources, routes.ResourceTemplates);
        var owners = request.Server is { } own
            ? [own]
            : resources.Where(item => item.Name == uri).Concat(templates.Where(item => UriTemplates.Matches(item.Name, uri))).Select(item => item.Server).Distinct().ToList();
        owners.RemoveAll(server => !Access.MayRead(request.Caller, server, uri, new Asked(time.GetUtcNow(), null)));
        return owners.Count == 1 ? owners[0] : null;
    }

    private static Change Wants(ReadOnlyMemory<byte> wanted) =>
        (Is(wanted, "toolsListChanged"u8) ? Change.Tools : Change.None) | (Is(wanted, "promptsListChanged"u8) ? Change.Prompts : Change.None) | (Is(wanted, "resourcesListChanged"u8) ? Change.Resources : Change.None);

    private static bool Is(ReadOnlyMemory<byte> wanted, ReadOnlySpan<byte> name) => JsonMembers.Find(wanted, name).Span.SequenceEqual("true"u8);

    /// <summary>Events of tasks, as their server sends them, under the client's id of the subscription.</summary>
    private async Task Tasks(ServerRoute server, McpRequestContext context, ReadOnlyMemory<byte> tasks, ListenSubscription subscription, CancellationToken cancellationToken)
    {
        var edits = new[] { MemberEdit.Set("notifications", (byte[])[.. "{\"taskIds\":"u8, .. tasks.Span, .. "}"u8]) };
        using var parameters = new PooledBuffer(context.Message.Params.Length);
        JsonSplice.Write(context.Message.Params.Span, edits, parameters);
        try
        {
            using var lease = await pool.Get(server.Endpoints[0], default, cancellationToken);
            var listen = new UpstreamRequest(McpMethods.Listen, parameters.Written)
            {
                Clock = Endless.Clock,
                SubscriptionId = subscription.Id,
                OnNotification = (message, _) =>
                {
                    subscription.Pass(message);
                    return ValueTask.CompletedTask;
                },
            };
            using var over = await lease.Connection.Send(listen, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && CallFailure.Of(exception) is not null)
        {
            // The client asks for its tasks as well: events only save it the asking.
        }
    }
}
