using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Profiles;

/// <summary>Lists as the clients of one profile get them: made once for each view of the state, and gone with it.</summary>
public sealed class ProfileViews(ClientProfile profile)
{
    private readonly ConditionalWeakTable<IListed[], ProfiledTools> _own = [];
    private readonly ConditionalWeakTable<IListed[], ProfiledTools> _aggregated = [];
    private readonly ConditionalWeakTable<byte[], byte[]> _written = [];

    /// <param name="tools">A view's array itself: it is what the lists are kept by.</param>
    /// <param name="ownNames">Under their servers' own names, or under aggregated ones.</param>
    public ProfiledTools Of(IListed[] tools, bool ownNames) => ownNames
        ? _own.GetValue(tools, view => new ProfiledTools(view, profile, this, ownNames: true))
        : _aggregated.GetValue(tools, view => new ProfiledTools(view, profile, this, ownNames: false));

    /// <summary>A definition in the profile's dialect: one for all views that show the same bytes, and gone with them.</summary>
    internal ReadOnlyMemory<byte> Written(ReadOnlyMemory<byte> definition) => profile.Schema is not { } dialect ? definition
        : MemoryMarshal.TryGetArray(definition, out var held) && held.Array!.Length == definition.Length ? _written.GetValue(held.Array, bytes => DialectWriter.Write(bytes, dialect).ToArray())
        : DialectWriter.Write(definition, dialect);
}

/// <summary>The tools of one view as one profile's clients get them.</summary>
public sealed class ProfiledTools
{
    private readonly FrozenDictionary<string, IListed> _renamed;

    internal ProfiledTools(IListed[] tools, ClientProfile profile, ProfileViews views, bool ownNames)
    {
        var names = Array.ConvertAll(tools, tool => ShortName.Of(NameOf(tool, ownNames), profile));
        var contested = names.OfType<string>().GroupBy(name => name, StringComparer.Ordinal).Where(name => name.Skip(1).Any()).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);
        var renamed = new Dictionary<string, IListed>(StringComparer.Ordinal);
        Definitions = new ReadOnlyMemory<byte>[tools.Length];
        for (var i = 0; i < tools.Length; i++)
        {
            var (tool, name) = (tools[i], names[i]);
            var definition = ownNames ? tool.Definition : tool.AggregatedDefinition;
            if (name is not null && renamed.TryAdd(name = contested.Contains(name) ? ShortName.OnCollision(NameOf(tool, ownNames), profile) : name, tool))
            {
                definition = JsonSplice.Apply(definition.Span, MemberEdit.Set("name", JsonMembers.Quote(name)));
            }

            Definitions[i] = views.Written(definition);
        }

        _renamed = renamed.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>At the same places as in the view.</summary>
    public ReadOnlyMemory<byte>[] Definitions { get; }

    /// <summary>The tool that such a client knows by a name that is this profile's alone; null when there is none.</summary>
    public IListed? Find(string name) => _renamed.GetValueOrDefault(name);

    private static string NameOf(IListed tool, bool own) => own ? tool.Name : tool.Aggregated;
}
