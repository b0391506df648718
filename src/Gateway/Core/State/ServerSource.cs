using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>
/// What a <see cref="ServerRoute"/> was compiled of, to tell whether the next snapshot says the same of it. Definitions are compared with those that are held anyway: of the rest there is a hash.
/// </summary>
internal sealed class ServerSource
{
    private readonly byte[] _terms;
    private readonly ServerOffer? _faces;
    private readonly ToolRoute[] _tools;
    private readonly OfferedRoute[][] _offered;

    /// <param name="tools">All of them, as <see cref="ToolsOf"/> orders them.</param>
    /// <param name="offered">The same as <see cref="OffersOf"/> does.</param>
    public ServerSource(ServerEntry entry, ToolRoute[] tools, OfferedRoute[][] offered) => (_terms, _faces, _tools, _offered) = (TermsOf(entry), FacesOf(entry), tools, offered);

    /// <summary>Every byte counts: what is only equal in meaning is compiled anew.</summary>
    public bool IsOf(ServerEntry other) =>
        SameTerms.Of(_faces, FacesOf(other))
        && Are(_tools, ToolsOf(other), (known, tool) => known.IsOf(tool))
        && _offered.Zip(OffersOf(other)).All(list => Are(list.First, list.Second, (known, item) => known.IsOf(item)))
        && _terms.AsSpan().SequenceEqual(TermsOf(other));

    /// <summary>By name. A server that lists a name twice means one tool: the first.</summary>
    public static ToolDefinition[] ToolsOf(ServerEntry entry) => [.. entry.Tools.DistinctBy(tool => tool.Name, StringComparer.Ordinal).OrderBy(tool => tool.Name, StringComparer.Ordinal)];

    /// <summary>The same of prompts, of resources and of templates.</summary>
    public static IEnumerable<OfferedItem[]> OffersOf(ServerEntry entry) => ((IReadOnlyList<OfferedItem>?[])[entry.Offer?.Prompts, entry.Offer?.Resources, entry.Offer?.ResourceTemplates])
        .Select(items => (items ?? []).DistinctBy(item => item.Key, StringComparer.Ordinal).OrderBy(item => item.Key, StringComparer.Ordinal).ToArray());

    private static bool Are<TKnown, T>(TKnown[] known, T[] now, Func<TKnown, T, bool> isOf)
    {
        if (known.Length != now.Length)
        {
            return false;
        }

        for (var i = 0; i < now.Length; i++)
        {
            if (!isOf(known[i], now[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static ServerOffer? FacesOf(ServerEntry entry) => entry.Offer is { } offer ? offer with { Prompts = [], Resources = [], ResourceTemplates = [] } : null;

    private static byte[] TermsOf(ServerEntry entry) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(entry with { Tools = [], Offer = null }, SnapshotJson.Default.ServerEntry));
}
