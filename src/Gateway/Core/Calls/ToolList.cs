using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Calls;

/// <summary>
/// <c>tools/list</c> out of the state: definitions as their servers gave them, only what the caller may see, by name. A page ends after a name, so changes
/// between two pages neither repeat nor skip what stays.
/// </summary>
public static class ToolList
{
    /// <summary>200 tools: most catalogs on one page; clients that never ask for a second one see them all.</summary>
    public const int PageSize = 200;

    private const int CheckBytes = 4;

    /// <summary>Writes <c>{"tools":[…],"nextCursor":…}</c>. False, having written nothing, when the cursor is none of ours.</summary>
    /// <param name="server">One server's tools under their own names; null for all servers' under aggregated names.</param>
    public static bool TryWrite(GatewayState state, Caller caller, ServerRoute? server, string? cursor, in Asked asked, PooledBuffer output)
    {
        var tools = server?.Tools ?? state.Registry.RoutesOf(caller.TenantId).Tools;
        if (!TryStart(tools, server is not null, cursor, out var index))
        {
            return false;
        }

        output.Write("{\"tools\":["u8);
        string? last = null;
        var listed = 0;
        for (; index < tools.Length; index++)
        {
            var tool = tools[index];
            if (!Access.IsVisible(caller, tool, asked))
            {
                continue;
            }

            if (listed == PageSize)
            {
                break;
            }

            output.Write(listed++ == 0 ? default : ","u8);
            output.Write((server is null ? tool.AggregatedDefinition : tool.Definition).Span);
            last = NameOf(tool, server is not null);
        }

        output.Write("]"u8);
        if (index < tools.Length)
        {
            output.Write(",\"nextCursor\":\""u8);
            output.Write(Encoding.ASCII.GetBytes(CursorAfter(last!)));
            output.Write("\""u8);
        }

        output.Write("}"u8);
        return true;
    }

    private static bool TryStart(ToolRoute[] tools, bool ownNames, string? cursor, out int index)
    {
        index = 0;
        if (cursor is null)
        {
            return true;
        }

        if (After(cursor) is not { } name)
        {
            return false;
        }

        while (index < tools.Length && string.CompareOrdinal(NameOf(tools[index], ownNames), name) <= 0)
        {
            index++;
        }

        return true;
    }

    private static string NameOf(ToolRoute tool, bool own) => own ? tool.Name : tool.Aggregated;

    /// <summary>The name, and a few bytes of its hash: a cursor that somebody made up or cut is an error and not a surprising page.</summary>
    private static string CursorAfter(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return Base64Url.EncodeToString([.. SHA256.HashData(utf8).AsSpan(0, CheckBytes), .. utf8]);
    }

    private static string? After(string cursor)
    {
        if (cursor.Length > 2048 || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        return bytes.Length > CheckBytes && SHA256.HashData(bytes.AsSpan(CheckBytes)).AsSpan(0, CheckBytes).SequenceEqual(bytes.AsSpan(0, CheckBytes))
            ? Encoding.UTF8.GetString(bytes.AsSpan(CheckBytes))
            : null;
    }
}
