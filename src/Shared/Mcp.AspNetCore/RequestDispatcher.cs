using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Lets a server answer requests, whatever transport brought them.</summary>
internal sealed partial class RequestDispatcher(ILogger<McpEndpoint> logger)
{
    /// <summary>
    /// Lets the server answer one request. Whatever it does, there is exactly one answer, unless the caller cancelled. True when it was a result.
    /// </summary>
    public async Task<bool> Serve(IMcpServer server, McpRequestContext context, IAnswerSink sink, CancellationToken cancelled)
    {
        var responder = new McpResponder(sink, context.Message.Id, context.Era);
        try
        {
            await Dispatch(server, context, responder, cancelled);
        }
        catch (Exception) when (cancelled.IsCancellationRequested)
        {
            // What ends because the caller went may end in any way.
            return false;
        }
        catch (Exception failure)
        {
            ServerFailed(logger, failure, context.Message.Method);
        }

        if (!responder.IsAnswered && !cancelled.IsCancellationRequested)
        {
            await responder.Error(McpError.Internal);
        }

        return responder.HasResult;
    }

    /// <summary>Tells the server. What goes wrong there is not the client's business: a notification has no answer.</summary>
    public async ValueTask Notified(IMcpServer server, McpRequestContext context, CancellationToken cancelled)
    {
        if (context.Message.Method is McpMethods.Initialized or McpMethods.Cancelled)
        {
            return;
        }

        try
        {
            await server.Notified(context, cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            // The client did not wait.
        }
        catch (Exception failure)
        {
            ServerFailed(logger, failure, context.Message.Method);
        }
    }

    /// <summary>Lets the server attach its state to a session. False when it failed.</summary>
    public bool TryOpen(IMcpServer server, ClientSession session, HttpContext http)
    {
        try
        {
            session.Open(server, http);
            return true;
        }
        catch (Exception failure)
        {
            ServerFailed(logger, failure, null);
            return false;
        }
    }

    private static ValueTask Dispatch(IMcpServer server, McpRequestContext context, McpResponder responder, CancellationToken cancelled)
    {
        // The hot path, without a frame of its own; everything about it is checked in its place below, too.
        var describing = context.Version.IsModern ? server.Describe(context, cancelled) : default;
        if (context.Message is { Method: McpMethods.CallTool, Name: not null } call && (call.Arguments.IsEmpty || JsonMembers.IsObject(call.Arguments.Span))
            && describing.IsCompletedSuccessfully)
        {
            context.Live?.Open(server, context.Http);
            responder.Complete(describing.Result?.CallEdits ?? ResultEdits.Legacy);
            return server.CallTool(context, responder, cancelled);
        }

        return Dispatch(server, context, responder, describing, cancelled);
    }

    private static async ValueTask Dispatch(
        IMcpServer server, McpRequestContext context, McpResponder responder, ValueTask<McpServerDescription> describing, CancellationToken cancelled)
    {
        var (message, modern) = (context.Message, context.Version.IsModern);
        var description = modern ? await describing : null;
        if (message.Method is not (McpMethods.Initialize or McpMethods.Ping))
        {
            context.Live?.Open(server, context.Http);
        }

        switch (message.Method)
        {
            case McpMethods.Discover when modern:
                responder.Complete(description!.ListEdits);
                await responder.Result(Descriptions.Discover(description));
                break;
            case McpMethods.Initialize when !modern:
                await responder.Result(Descriptions.Initialize(await server.Describe(context, cancelled), context.Version));
                break;
            case McpMethods.Ping when !modern:
                await responder.Result("{}"u8.ToArray());
                break;
            case McpMethods.ListTools:
                responder.Complete(description?.ListEdits ?? ResultEdits.Legacy);
                await server.ListTools(context, responder, cancelled);
                break;
            case McpMethods.CallTool when message.Name is null:
                await responder.Error(McpError.Params("'params.name' must be a string."));
                break;
            case McpMethods.CallTool when !message.Arguments.IsEmpty && !JsonMembers.IsObject(message.Arguments.Span):
                await responder.Error(McpError.Params("'params.arguments' must be an object."));
                break;
            case McpMethods.CallTool:
                responder.Complete(description?.CallEdits ?? ResultEdits.Legacy);
                await server.CallTool(context, responder, cancelled);
                break;
            case var method when McpMethods.IsGone(method, context.Era):
                await responder.MethodNotFound();
                break;
            default:
                responder.Complete(description is null ? ResultEdits.Legacy : description.EditsOf(message.Method));
                await server.Other(context, responder, cancelled);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An MCP request failed: {Method}.")]
    private static partial void ServerFailed(ILogger logger, Exception failure, string? method);
}
