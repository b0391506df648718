using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Calls;

/// <summary>
/// Lists out of the state: definitions as their servers gave them, only what the caller may see and its era has, in order. A page ends after an item, so changes
/// between two pages neither repeat nor skip what stays.
/// </summary>
public static class CatalogList
{
    /// <summary>200 items: most catalogs on one page; clients that never ask for a second one see them all.</summary>
    public const int PageSize = 200;

    /// <summary>Member of <c>_meta</c> that says how many tools a list leaves out because such clients take no more.</summary>
    public const string OmittedKey = "mcpplatform/omittedTools";

    private const int CheckBytes = 4;

    private static readonly byte[] Disclosing = [.. "{\"tools\":["u8, .. MetaTools.Definitions.Span];

    /// <summary>Writes <c>{"tools":[…],"nextCursor":…}</c>, or the like of another method. False, having written nothing, when the cursor is none of ours.</summary>
    /// <param name="method">One that <see cref="Has"/>.</param>
    /// <param name="abilities">Of a legacy client: what its servers have for others it does not see. Modern lists are the same for all of a caller's clients.</param>
    /// <param name="profile">Of the client; null: takes everything.</param>
    /// <param name="server">One server's items under their own names; null for all servers' under aggregated names.</param>
    /// <param name="set">A tool set's items under its names, instead.</param>
    /// <param name="isDisclosed">Of its tools only those that are pinned, after the tools by which others are found.</param>
    public static bool TryWrite(
        GatewayState state, Caller caller, string method, ServerRoute? server, ProtocolEra era, string? cursor, in Asked asked, PooledBuffer output, ClientAbilities abilities = ClientAbilities.All,
        ToolSetRoute? set = null, bool isDisclosed = false, ClientProfile? profile = null)
    {
        if (set is not null)
        {
            return TryWrite(set, caller, method, era, cursor, asked, output, abilities, isDisclosed, profile);
        }

        var tenant = state.Registry.RoutesOf(caller.TenantId);
        return method switch
        {
            McpMethods.ListTools => TryWrite(server?.Tools ?? tenant.Tools, "{\"tools\":["u8, caller, server is not null, era, cursor, asked, output, abilities, profile),
            McpMethods.ListPrompts => TryWrite(server?.Prompts ?? tenant.Prompts, "{\"prompts\":["u8, caller, server is not null, era, cursor, asked, output, abilities),
            McpMethods.ListResources => TryWrite(server?.Resources ?? tenant.Resources, "{\"resources\":["u8, caller, server is not null, era, cursor, asked, output, abilities),
            _ => TryWrite(server?.ResourceTemplates ?? tenant.ResourceTemplates, "{\"resourceTemplates\":["u8, caller, server is not null, era, cursor, asked, output, abilities),
        };
    }

    /// <summary>Whether a method asks for a list.</summary>
    public static bool Has(string? method) => method is McpMethods.ListTools or McpMethods.ListPrompts or McpMethods.ListResources or McpMethods.ListResourceTemplates;

    /// <summary>Whether a list shows an item to a caller.</summary>
    public static bool Shows(IListed item, Caller caller, ProtocolEra era, ClientAbilities abilities, in Asked asked) =>
        (item.OnlyIn is not { } only || only == era) && (item.Needs & ~abilities) == 0 && Access.IsVisible(caller, item, asked);

    private static bool TryWrite(
        ToolSetRoute set, Caller caller, string method, ProtocolEra era, string? cursor, in Asked asked, PooledBuffer output, ClientAbilities abilities, bool isDisclosed, ClientProfile? profile) => method switch
        {
            McpMethods.ListTools when isDisclosed && cursor is null => TryWrite(set.Pinned, Disclosing, caller, false, era, cursor, asked, output, abilities, profile, isBegun: true),
            McpMethods.ListTools => TryWrite(isDisclosed ? set.Pinned : set.Tools, "{\"tools\":["u8, caller, false, era, cursor, asked, output, abilities, profile),
            McpMethods.ListPrompts => TryWrite(set.Prompts, "{\"prompts\":["u8, caller, false, era, cursor, asked, output, abilities),
            McpMethods.ListResources => TryWrite(set.Resources, "{\"resources\":["u8, caller, false, era, cursor, asked, output, abilities),
            _ => TryWrite(set.ResourceTemplates, "{\"resourceTemplates\":["u8, caller, false, era, cursor, asked, output, abilities),
        };

    /// <param name="isBegun">The head has items already.</param>
    private static bool TryWrite<T>(
        T[] items, ReadOnlySpan<byte> head, Caller caller, bool ownNames, ProtocolEra era, string? cursor, in Asked asked, PooledBuffer output, ClientAbilities abilities, ClientProfile? profile = null,
        bool isBegun = false)
        where T : class, IListed
    {
        if (!TryStart(items, ownNames, cursor, out var index))
        {
            return false;
        }

        var when = asked;

        output.Write(head);
        T? last = null;
        var listed = 0;
        var definitions = profile?.Views.Of(items, ownNames).Definitions;
        var most = definitions is null || profile!.MaxTools is not { } cap ? int.MaxValue : cap - Before(index);
        for (; index < items.Length; index++)
        {
            var item = items[index];
            if (!Shows(item, caller, era, abilities, asked))
            {
                continue;
            }

            if (listed == PageSize || listed >= most)
            {
                break;
            }

            output.Write(listed++ == 0 && !isBegun ? default : ","u8);
            output.Write((definitions is not null ? definitions[index] : ownNames ? item.Definition : item.AggregatedDefinition).Span);
            last = item;
        }

        output.Write("]"u8);
        if (listed >= most)
        {
            Omit(Visible(index, items.Length));
        }
        else if (index < items.Length)
        {
            output.Write(",\"nextCursor\":\""u8);
            output.Write(Encoding.ASCII.GetBytes(CursorAfter(PositionOf(last!, ownNames))));
            output.Write("\""u8);
        }

        output.Write("}"u8);
        return true;

        // The cap is for all pages together.
        int Before(int start) => start == 0 ? 0 : Visible(0, start);

        int Visible(int from, int to)
        {
            var count = 0;
            for (var i = from; i < to; i++)
            {
                count += Shows(items[i], caller, era, abilities, when) ? 1 : 0;
            }

            return count;
        }

        // Said where whoever looks at the list sees it: the model does not miss what it never heard of, people do.
        void Omit(int count)
        {
            if (count > 0)
            {
                GatewayMetrics.Omitted(profile!.Name, count);
                output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"_meta\":{{\"{OmittedKey}\":{count}}}")));
            }
        }
    }

    private static bool TryStart<T>(T[] items, bool ownNames, string? cursor, out int index)
        where T : class, IListed
    {
        index = 0;
        if (cursor is null)
        {
            return true;
        }

        if (After(cursor) is not { } position)
        {
            return false;
        }

        while (index < items.Length && string.CompareOrdinal(PositionOf(items[index], ownNames), position) <= 0)
        {
            index++;
        }

        return true;
    }

    private static string PositionOf(IListed item, bool own) => own ? item.Name : item.Position;

    /// <summary>The position, and a few bytes of its hash: a cursor that somebody made up or cut is an error and not a surprising page.</summary>
    private static string CursorAfter(string position)
    {
        var utf8 = Encoding.UTF8.GetBytes(position);
        return Base64Url.EncodeToString([.. SHA256.HashData(utf8).AsSpan(0, CheckBytes), .. utf8]);
    }

    private static string? After(string cursor)
    {
        if (cursor.Length > 4096 || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        return bytes.Length > CheckBytes && SHA256.HashData(bytes.AsSpan(CheckBytes)).AsSpan(0, CheckBytes).SequenceEqual(bytes.AsSpan(0, CheckBytes))
            ? Encoding.UTF8.GetString(bytes.AsSpan(CheckBytes))
            : null;
    }
}
