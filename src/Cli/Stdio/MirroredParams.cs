using System.Collections.Concurrent;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Cli.Stdio;

/// <summary>
/// The headers of a modern request: what HTTP says of a message, on stdio its body alone does. Which arguments are mirrored too is in the definitions of the tools, which pass by in
/// <c>tools/list</c>; when the gateway misses some (the client knew its tools from before), the definitions are asked for here.
/// </summary>
internal sealed class MirroredParams(GatewayHttp http)
{
    /// <summary>100 pages: far beyond any catalogue, and an end for a gateway that never stops paging.</summary>
    private const int MaxPages = 100;

    private static readonly string[] Kept = [MetaKeys.ProtocolVersion, MetaKeys.ClientCapabilities, MetaKeys.ClientInfo];

    private readonly ConcurrentDictionary<string, ParamHeaders> _tools = new(StringComparer.Ordinal);

    public void Stamp(HttpRequestMessage request, Envelope message)
    {
        request.Headers.TryAddWithoutValidation(McpHeaders.ProtocolVersion, message.Meta.ProtocolVersion);
        request.Headers.TryAddWithoutValidation(McpHeaders.Method, message.Method);
        if (McpMethods.MirroredParam(message.Method) is { } member && message.TextParam(Encoding.UTF8.GetBytes(member)) is { } value)
        {
            request.Headers.TryAddWithoutValidation(McpHeaders.Name, McpHeaders.Encode(value));
        }

        if (message is { Method: McpMethods.CallTool, Name: { } tool } && _tools.TryGetValue(tool, out var mirrored))
        {
            foreach (var (name, text) in mirrored.Write(message.Arguments))
            {
                request.Headers.TryAddWithoutValidation(name, text);
            }
        }
    }

    /// <summary>Reads a page of tools.</summary>
    public void Learn(Envelope page)
    {
        foreach (var definition in JsonMembers.Items(JsonMembers.Find(page.Result, "tools"u8)))
        {
            if (JsonMembers.Text(JsonMembers.Find(definition, "name"u8)) is { } name)
            {
                _tools[name] = ParamHeaders.Read(definition.ToArray());
            }
        }
    }

    /// <summary>Asks for the definition of a called tool, as the client of the call. False when it is in no page.</summary>
    public async Task<bool> Find(Envelope call, CancellationToken cancellationToken)
    {
        _tools.TryRemove(call.Name!, out _);
        var cursor = ReadOnlyMemory<byte>.Empty;
        for (var number = 1; number <= MaxPages; number++)
        {
            using var message = List(call, cursor, number);
            using var request = http.Post(message.Written);
            request.Headers.TryAddWithoutValidation(McpHeaders.ProtocolVersion, call.Meta.ProtocolVersion);
            request.Headers.TryAddWithoutValidation(McpHeaders.Method, McpMethods.ListTools);
            using var response = await http.Send(request, cancellationToken);
            using var body = await GatewayHttp.ReadMessage(response, cancellationToken);
            if (EnvelopeParser.Parse(body.Written).Envelope is not { Kind: MessageKind.Response } page)
            {
                return false;
            }

            Learn(page);
            cursor = JsonMembers.Find(page.Result, "nextCursor"u8).ToArray();
            if (_tools.ContainsKey(call.Name!) || cursor.IsEmpty)
            {
                break;
            }
        }

        return _tools.ContainsKey(call.Name!);
    }

    private static PooledBuffer List(Envelope call, ReadOnlyMemory<byte> cursor, int number)
    {
        using var parameters = new PooledBuffer();
        parameters.Write("{\"_meta\":{"u8);
        var isFirst = true;
        foreach (var (name, value) in JsonMembers.Members(call.Meta.Raw).Where(member => Kept.Contains(member.Name)))
        {
            parameters.Write(isFirst ? default : ","u8);
            parameters.Write(JsonMembers.Quote(name).Span);
            parameters.Write(":"u8);
            parameters.Write(value.Span);
            isFirst = false;
        }

        parameters.Write("}"u8);
        if (!cursor.IsEmpty)
        {
            parameters.Write(",\"cursor\":"u8);
            parameters.Write(cursor.Span);
        }

        parameters.Write("}"u8);
        var message = new PooledBuffer();
        JsonRpcWriter.WriteRequest(message, number, McpMethods.ListTools, parameters.Written.Span);
        return message;
    }
}
