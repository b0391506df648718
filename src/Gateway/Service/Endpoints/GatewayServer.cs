using System.Globalization;
using System.Runtime.CompilerServices;
using McpPlatform.Gateway.Calls;
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

    public async ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        var request = Of(context);
        var cursor = context.Message.Param("cursor"u8);
        var after = cursor.IsEmpty ? null : JsonMembers.Text(cursor) ?? "";
        using var page = new PooledBuffer(16 * 1024);
        if (CatalogList.TryWrite(request.State, request.Caller, McpMethods.ListTools, request.Server, context.Era, after, new Asked(request.StartedAt, context.Http.Connection.RemoteIpAddress), page))
        {
            await responder.Result(page.Written);
        }
        else
        {
            await responder.Error(McpError.Params("'params.cursor' is none of this list's. Leave it out to start from the first page."));
        }

        GatewayMetrics.Answered(McpMethods.ListTools, time.GetElapsedTime(request.StartedTimestamp));
    }

    public async ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
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
            OnNotification = context.Message.Meta.ProgressToken.IsNone ? null : responder.Notify,
        };
        using var outcome = await calls.Run(call, cancellationToken);
        if (call.Tightest is { } tightest && tightest.Left < request.KeyLeft)
        {
            LimitHeaders.Set(context.Http, tightest);
        }

        await Answer(context.Http, responder, outcome);
    }

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
