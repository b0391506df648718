using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>One item of a list as its server defines it.</summary>
/// <param name="Key">What it is asked for by: name, URI or URI template, decoded.</param>
/// <param name="Definition">The raw object, every member and number as sent. A copy of its own.</param>
public sealed record RawItem(string Key, ReadOnlyMemory<byte> Definition);

/// <summary>Bounds of one complete list.</summary>
/// <param name="MaxPages">Most pages followed.</param>
/// <param name="MaxItems">Most items in all.</param>
/// <param name="MaxBytes">Most bytes of definitions in all.</param>
public sealed record CatalogListLimits(int MaxPages = 100, int MaxItems = 5000, int MaxBytes = 32 * 1024 * 1024);

/// <summary>The lists that servers have.</summary>
public sealed class CatalogKind
{
    private CatalogKind(string method, string member, string key) => (Method, Member, KeyName, Key) = (method, Encoding.UTF8.GetBytes(member), key, Encoding.UTF8.GetBytes(key));

    public static CatalogKind Tools { get; } = new(McpMethods.ListTools, "tools", "name");

    public static CatalogKind Prompts { get; } = new(McpMethods.ListPrompts, "prompts", "name");

    public static CatalogKind Resources { get; } = new(McpMethods.ListResources, "resources", "uri");

    public static CatalogKind ResourceTemplates { get; } = new(McpMethods.ListResourceTemplates, "resourceTemplates", "uriTemplate");

    internal string Method { get; }

    /// <summary>Of the result: the array.</summary>
    internal byte[] Member { get; }

    internal string KeyName { get; }

    /// <summary>Of an item: what it is asked for by.</summary>
    internal byte[] Key { get; }
}

/// <summary>Reads a whole list of a server, page by page.</summary>
public static class CatalogLister
{
    /// <summary>
    /// All items in the server's order; one without a key, or with that of another one before it, is left out, and costs nobody the others. Throws <see cref="UpstreamException"/>:
    /// too large beyond the limits; protocol for a cursor that comes twice, or a JSON-RPC error.
    /// </summary>
    /// <param name="leftOut">Gets what is left out, and why; null: nobody wants to know.</param>
    public static async Task<IReadOnlyList<RawItem>> ReadAll(
        IUpstreamConnection upstream, CatalogKind kind, CatalogListLimits limits, CancellationToken cancellationToken, ICollection<string>? leftOut = null)
    {
        var items = new List<RawItem>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var cursors = new HashSet<string>(StringComparer.Ordinal);
        var (parameters, bytes) = (default(ReadOnlyMemory<byte>), 0L);
        for (var page = 1; page <= limits.MaxPages; page++)
        {
            using var answer = await upstream.Send(new(kind.Method, parameters), cancellationToken);
            if (answer.IsError)
            {
                throw UpstreamException.Protocol($"The upstream answered {kind.Method} with error {answer.ErrorCode}.");
            }

            foreach (var item in JsonMembers.Items(JsonMembers.Find(answer.Payload, kind.Member)))
            {
                bytes += item.Length;
                if (items.Count == limits.MaxItems || bytes > limits.MaxBytes)
                {
                    throw new UpstreamException(
                        UpstreamFailure.TooLarge, $"The upstream has more than {limits.MaxItems} items in {kind.Method}, or {limits.MaxBytes} bytes of them.");
                }

                var key = JsonMembers.Text(JsonMembers.Find(item, kind.Key));
                if (string.IsNullOrEmpty(key))
                {
                    leftOut?.Add($"one of {kind.Method} without a {kind.KeyName}");
                }
                else if (!keys.Add(key))
                {
                    leftOut?.Add($"'{key}' of {kind.Method}, which is there twice");
                }
                else
                {
                    items.Add(new(key, item.ToArray()));
                }
            }

            // An empty string is a cursor like any other; null and absence end the list.
            if (JsonMembers.Text(JsonMembers.Find(answer.Payload, "nextCursor"u8)) is not { } cursor)
            {
                return items;
            }

            if (!cursors.Add(cursor))
            {
                throw UpstreamException.Protocol($"The upstream's pages of {kind.Method} go round in a circle.");
            }

            parameters = (byte[])[.. "{\"cursor\":"u8, .. JsonMembers.Quote(cursor).Span, .. "}"u8];
        }

        throw new UpstreamException(UpstreamFailure.TooLarge, $"The upstream answers {kind.Method} on more than {limits.MaxPages} pages.");
    }
}
