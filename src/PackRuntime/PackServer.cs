using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Packs;
using McpPlatform.Packs.Calls;

namespace McpPlatform.PackRuntime;

/// <summary>The MCP server of one pack: one page of tools, written once; calls go to the API.</summary>
internal sealed partial class PackServer(CompiledPack pack, PackCaller caller, ILogger<PackServer> logger) : IMcpServer
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };
    private readonly byte[] _listing = ToolListing.Write(pack);

    // The pack never changes while the process lives, and everybody with the bearer sees the same.
    private readonly McpServerDescription _description = new($"{pack.Pack.Namespace}/{pack.Pack.Name}", pack.Pack.Version)
    {
        Instructions = pack.Pack.Instructions.Length == 0 ? null : pack.Pack.Instructions,
        CacheFor = TimeSpan.FromMinutes(5),
    };

    public ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken) => ValueTask.FromResult(_description);

    public ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) =>
        context.Message.TextParam("cursor"u8) is null ? responder.Result(_listing) : responder.Error(McpError.Params("'params.cursor' is not one that this server gave."));

    public async ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken)
    {
        if (context.Message.Name is not { } tool || !caller.Has(tool))
        {
            await responder.Error(McpError.UnknownTool);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        using var arguments = JsonDocument.Parse(context.Message.Arguments.IsEmpty ? "{}"u8.ToArray() : context.Message.Arguments, new JsonDocumentOptions { MaxDepth = 256 });
        var outcome = await caller.Call(tool, arguments.RootElement, cancellationToken);
        await responder.Result(Write(outcome));
        var milliseconds = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Called(logger, tool, outcome.Status, outcome.IsError, milliseconds);
    }

    private static ReadOnlyMemory<byte> Write(ToolOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            outcome.WriteMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Called {Tool}: HTTP {Status}, error {IsError}, {Milliseconds} ms.")]
    private static partial void Called(ILogger logger, string tool, int status, bool isError, long milliseconds);
}
