using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>
/// Tools: <c>echo</c> returns its raw arguments, <c>progress</c> sends 200 notifications first, <c>quiet</c> one, then waits to be released; <c>wait</c> ends when cancelled,
/// <c>error</c> passes its arguments on as an error, <c>fail</c> throws, <c>ask</c> asks the client and returns the answer, <c>poll</c> leaves its response
/// and waits to be released, <c>flood</c> sends as many KiB as its argument says.
/// </summary>
internal sealed class FixtureServer : IMcpServer
{
    private readonly McpServerDescription _description = new("fixture", "1.0") { Instructions = "Be nice.", CacheFor = TimeSpan.FromSeconds(5) };

    public SemaphoreSlim Waiting { get; } = new(0);

    public SemaphoreSlim Cancelled { get; } = new(0);

    public SemaphoreSlim Release { get; } = new(0);

    public ConcurrentQueue<string> Notifications { get; } = new();

    public ConcurrentQueue<ClientSession> Sessions { get; } = new();

    public ConcurrentQueue<string?> LateSubjects { get; } = new();

    public int Disposed;

    public ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken) => ValueTask.FromResult(_description);

    public ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) =>
        responder.Result("""{"tools":[{"name":"echo","inputSchema":{"type":"object"},"x-unknown":9007199254740991}]}"""u8.ToArray());

    public async ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        switch (context.Message.Name)
        {
            case "echo":
                await responder.Result((byte[])[.. "{\"content\":[],\"structuredContent\":"u8, .. context.Message.Arguments.Span, .. ",\"resultType\":\"complete\"}"u8]);
                break;
            case "progress":
                for (var i = 1; i <= 200; i++)
                {
                    await responder.Notify(Encoding.UTF8.GetBytes(
                        $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{context.Message.Meta.ProgressToken}}},"progress":{{{i}}}}}"""), cancellationToken);
                }

                await responder.Result("{\"content\":[]}"u8.ToArray());
                break;
            case "quiet":
                await responder.Notify("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}"u8.ToArray(), cancellationToken);
                await Release.WaitAsync(cancellationToken);
                await responder.Result("{\"content\":[]}"u8.ToArray());
                break;
            case "wait":
                Waiting.Release();
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(15), cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    Cancelled.Release();
                    throw;
                }

                break;
            case "error":
                await responder.UpstreamError(context.Message.Arguments);
                break;
            case "ask":
                using (var answer = await responder.Ask("elicitation/create", "{\"message\":\"Sure?\"}"u8.ToArray(), cancellationToken))
                {
                    await (answer.IsError ? responder.UpstreamError(answer.Payload) : responder.Result((byte[])[.. "{\"answer\":"u8, .. answer.Payload.Span, .. "}"u8]));
                }

                break;
            case "poll":
                await responder.Notify("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":1}"u8.ToArray(), cancellationToken);
                await responder.Detach(TimeSpan.FromMilliseconds(70));
                await Release.WaitAsync(cancellationToken);
                LateSubjects.Enqueue(context.Http.Request.Headers["X-Subject"]);
                if (!context.Http.Response.HasStarted)
                {
                    context.Http.Response.Headers["X-Late"] = "1";
                }

                await responder.Notify("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":2}"u8.ToArray(), cancellationToken);
                await responder.Result((byte[])[.. "{\"late\":"u8, .. context.Message.Arguments.Span, .. "}"u8]);
                break;
            case "flood":
                for (var i = 0; i < int.Parse(Encoding.UTF8.GetString(context.Message.Param("arguments"u8).Span[5..^1]), CultureInfo.InvariantCulture); i++)
                {
                    await responder.Notify(Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"n","params":{"i":{{{i}}},"x":"{{{new string('x', 1000)}}}"}}"""), cancellationToken);
                }

                await responder.Result("{\"content\":[]}"u8.ToArray());
                break;
            case "fail":
                throw new InvalidOperationException("secret detail");
            case "forget":
                break;
            default:
                await responder.Error(McpError.UnknownTool);
                break;
        }
    }

    public async ValueTask Other(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        if (context.Message.Method == "subscriptions/listen")
        {
            await responder.Open(cancellationToken);
            Waiting.Release();
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(15), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Cancelled.Release();
                throw;
            }
        }
        else if (context.Message.Method!.StartsWith("resources/", StringComparison.Ordinal))
        {
            await responder.Result("{\"contents\":[]}"u8.ToArray());
        }
        else
        {
            await responder.MethodNotFound();
        }
    }

    public ValueTask Notified(McpRequestContext context, CancellationToken cancellationToken)
    {
        Notifications.Enqueue(context.Message.Method!);
        return context.Message.Method == "notifications/bad" ? throw new InvalidOperationException() : ValueTask.CompletedTask;
    }

    public IAsyncDisposable? Open(ClientSession session, HttpContext http)
    {
        Sessions.Enqueue(session);
        return new State(this);
    }

    public ParamHeaders? HeadersOf(McpRequestContext context) => context.Message.Name == "mirrored"
        ? ParamHeaders.Read("{\"inputSchema\":{\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},\"n\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"}}}}"u8.ToArray())
        : null;

    private sealed class State(FixtureServer server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref server.Disposed);
            return ValueTask.CompletedTask;
        }
    }
}
