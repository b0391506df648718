using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>One tool as its server defines it.</summary>
/// <param name="Name">Decoded.</param>
/// <param name="Definition">The raw object, every member and number as sent. A copy of its own.</param>
public sealed record RawTool(string Name, ReadOnlyMemory<byte> Definition);

/// <summary>Bounds of one complete list.</summary>
/// <param name="MaxPages">Most pages followed.</param>
/// <param name="MaxTools">Most tools in all.</param>
/// <param name="MaxBytes">Most bytes of definitions in all.</param>
public sealed record ToolListLimits(int MaxPages = 100, int MaxTools = 5000, int MaxBytes = 32 * 1024 * 1024);

/// <summary>Reads the whole <c>tools/list</c> of a server, page by page.</summary>
public static class ToolLister
{
    /// <summary>
    /// All tools in the server's order. Throws <see cref="UpstreamException"/>: too large beyond the limits; protocol for a cursor that comes twice, a
    /// tool without a name, a name that occurs twice, or a JSON-RPC error.
    /// </summary>
    public static async Task<IReadOnlyList<RawTool>> ReadAll(IUpstreamConnection upstream, ToolListLimits limits, CancellationToken cancellationToken)
    {
        var tools = new List<RawTool>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var cursors = new HashSet<string>(StringComparer.Ordinal);
        var (parameters, bytes) = (default(ReadOnlyMemory<byte>), 0L);
        for (var page = 1; page <= limits.MaxPages; page++)
        {
            using var answer = await upstream.Send(new(McpMethods.ListTools, parameters), cancellationToken);
            if (answer.IsError)
            {
                throw UpstreamException.Protocol($"The upstream answered tools/list with error {answer.ErrorCode}.");
            }

            foreach (var item in JsonMembers.Items(JsonMembers.Find(answer.Payload, "tools"u8)))
            {
                bytes += item.Length;
                if (tools.Count == limits.MaxTools || bytes > limits.MaxBytes)
                {
                    throw new UpstreamException(
                        UpstreamFailure.TooLarge, $"The upstream has more than {limits.MaxTools} tools, or {limits.MaxBytes} bytes of them.");
                }

                var name = JsonMembers.Text(JsonMembers.Find(item, "name"u8));
                if (string.IsNullOrEmpty(name) || !names.Add(name))
                {
                    throw UpstreamException.Protocol("The upstream lists a tool without a name, or two of the same name.");
                }

                tools.Add(new(name, item.ToArray()));
            }

            // An empty string is a cursor like any other; null and absence end the list.
            if (JsonMembers.Text(JsonMembers.Find(answer.Payload, "nextCursor"u8)) is not { } cursor)
            {
                return tools;
            }

            if (!cursors.Add(cursor))
            {
                throw UpstreamException.Protocol("The upstream's pages of tools go round in a circle.");
            }

            parameters = (byte[])[.. "{\"cursor\":"u8, .. JsonMembers.Quote(cursor).Span, .. "}"u8];
        }

        throw new UpstreamException(UpstreamFailure.TooLarge, $"The upstream lists its tools on more than {limits.MaxPages} pages.");
    }
}
