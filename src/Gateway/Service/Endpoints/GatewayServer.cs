using System.Globalization;
using System.Runtime.CompilerServices;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Hosting.Draining;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>What stands behind the gateway's MCP endpoints: lists out of the state, calls through the call path.</summary>
internal sealed class GatewayServer(CallPath calls, TimeProvider time) : IMcpServer
{
    private static readonly string Version = typeof(GatewayServer).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
    private static readonly McpServerDescription All = new("mcpplatform", Version);

    private readonly ConditionalWeakTable<ServerRoute, McpServerDescription> _descriptions = [];

    public ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken) =>
        new(Of(context).Server is { } server ? _descriptions.GetValue(server, static s => new McpServerDescription(s.Slug, Version)) : All);

    public ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => List(context, responder);

    public ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => Relay(context, responder, cancellationToken);

    public ValueTask Other(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => context.Message.Method switch
    {
        McpMethods.ListPrompts or McpMethods.ListResources or McpMethods.ListResourceTemplates => List(context, responder),
        McpMethods.GetPrompt or McpMethods.ReadResource or McpMethods.Complete => Relay(context, responder, cancellationToken),
        _ => responder.MethodNotFound(),
    };

    private async ValueTask List(McpRequestContext context, McpResponder responder)
    {
        var (request, method) = (Of(context), context.Message.Method!);
        var cursor = context.Message.Param("cursor"u8);
        var after = cursor.IsEmpty ? null : JsonMembers.Text(cursor) ?? "";
        using var page = new PooledBuffer(16 * 1024);
        if (CatalogList.TryWrite(request.State, request.Caller, method, request.Server, context.Era, after, new Asked(request.StartedAt, context.Http.Connection.RemoteIpAddress), page))
        {
            await responder.Result(page.Written);
        }
        else
        {
            await responder.Error(McpError.Params("'params.cursor' is none of this list's. Leave it out to start from the first page."));
        }

        GatewayMetrics.Answered(method, time.GetElapsedTime(request.StartedTimestamp));
    }

    /// <summary>Passes a request on to the server it is for.</summary>
    private async ValueTask Relay(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        var request = Of(context);
        if (!TimerHeader.TryRead(context.Http.Request.Headers, out var timers, out var malformed))
        {
            await responder.Error(malformed!);
            return;
        }

        var call = new ToolCall
        {
            State = request.State,
            Caller = request.Caller,
            Credential = request.Credential,
            Server = request.Server?.Slug,
            Message = context.Message,
            ProtocolVersion = context.Version,
            RequestId = request.RequestId,
            Address = context.Http.Connection.RemoteIpAddress,
            StartedAt = request.StartedAt,
            StartedTimestamp = request.StartedTimestamp,
            Timers = timers,
            Gone = Drain.CallerOf(context.Http),
            GoneOrStopped = context.Http.RequestAborted,
            Session = context.Session?.Id,
            SessionEnded = context.Live?.Ended ?? CancellationToken.None,
            Client = (context.Live?.State as GatewaySession)?.Client,
            OnNotification = WantsNotifications(context) ? responder.Notify : null,
            OnQuestion = responder.CanAsk ? (question, token) => responder.Ask(question.Method!, question.Params, token) : null,
            Ask = responder.CanAsk ? responder.Ask : null,
            OnDetached = responder.CanAsk ? responder.Detach : null,
        };
        using var outcome = await calls.Run(call, cancellationToken);
        if (call.Tightest is { } tightest && tightest.Left < request.KeyLeft)
        {
            LimitHeaders.Set(context.Http, tightest);
        }

        await Answer(context.Http, responder, outcome);
    }

    /// <summary>Progress and logs of a modern request come only when it asks for them; a legacy session may get logs with any request.</summary>
    private static bool WantsNotifications(McpRequestContext context) =>
        !context.Message.Meta.ProgressToken.IsNone || context.Live is not null
        || (context.Version.IsModern && context.Message.Meta.Raw.Span.IndexOf("io.modelcontextprotocol/logLevel"u8) >= 0);

    private static GatewayRequest Of(McpRequestContext context) =>
        context.Http.Features.Get<GatewayRequest>() ?? throw new InvalidOperationException("An MCP request got here without its caller.");

    private static ValueTask Answer(HttpContext http, McpResponder responder, in CallOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            Drain.Ended(http);
            SetRetryAfter(http, refusal);
            return responder.Error(refusal.Error);
        }

        return outcome.Answer! switch
        {
            { IsError: true } error => responder.UpstreamError(error.Payload),
            var answer => responder.Result(answer.Payload),
        };
    }

    internal static void SetRetryAfter(HttpContext http, CallRefusal refusal)
    {
        if (refusal.RetryAfter is { } wait && !http.Response.HasStarted)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
