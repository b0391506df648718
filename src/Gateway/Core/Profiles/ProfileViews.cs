using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Profiles;

/// <summary>Lists as the clients of one profile get them: made once for each view of the state, and gone with it.</summary>
public sealed class ProfileViews(ClientProfile profile)
{
    private readonly ConditionalWeakTable<IListed[], ProfiledTools> _own = [];
    private readonly ConditionalWeakTable<IListed[], ProfiledTools> _aggregated = [];

    /// <param name="tools">A view's array itself: it is what the lists are kept by.</param>
    /// <param name="ownNames">Under their servers' own names, or under aggregated ones.</param>
    public ProfiledTools Of(IListed[] tools, bool ownNames) => ownNames
        ? _own.GetValue(tools, view => new ProfiledTools(view, profile, ownNames: true))
        : _aggregated.GetValue(tools, view => new ProfiledTools(view, profile, ownNames: false));
}

/// <summary>The tools of one view as one profile's clients get them.</summary>
public sealed class ProfiledTools
{
    private const int UsualDigits = 8;
    private const int CollisionDigits = 16;

    private readonly FrozenDictionary<string, IListed> _renamed;

    internal ProfiledTools(IListed[] tools, ClientProfile profile, bool ownNames)
    {
        var taken = tools.Select(tool => NameOf(tool, ownNames)).ToHashSet(StringComparer.Ordinal);
        var renamed = new Dictionary<string, IListed>(StringComparer.Ordinal);
        Definitions = Array.ConvertAll(tools, tool =>
        {
            var name = NameOf(tool, ownNames);
            var definition = ownNames ? tool.Definition : tool.AggregatedDefinition;
            if (Fit(name, profile, UsualDigits) is { } shorter)
            {
                // Nobody's name may come to mean another tool.
                shorter = taken.Contains(shorter) || renamed.ContainsKey(shorter) ? Fit(name, profile, CollisionDigits)! : shorter;
                if (renamed.TryAdd(shorter, tool))
                {
                    definition = JsonSplice.Apply(definition.Span, MemberEdit.Set("name", JsonMembers.Quote(shorter)));
                }
            }

            return profile.Schema is { } dialect ? DialectWriter.Write(definition, dialect) : definition;
        });
        _renamed = renamed.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>At the same places as in the view.</summary>
    public ReadOnlyMemory<byte>[] Definitions { get; }

    /// <summary>The tool that such a client knows by a name that is this profile's alone; null when there is none.</summary>
    public IListed? Find(string name) => _renamed.GetValueOrDefault(name);

    private static string NameOf(IListed tool, bool own) => own ? tool.Name : tool.Aggregated;

    /// <summary>Null when the name is fine. Else its beginning with a hash of all of it: always the same name for the same tool.</summary>
    private static string? Fit(string name, ClientProfile profile, int digits)
    {
        var most = profile.MaxNameLength ?? int.MaxValue;
        if (name.Length <= most && (!profile.PlainNames || name.All(IsPlain)))
        {
            return null;
        }

        var head = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, most - digits - 1)))
        {
            head.Append(IsPlain(c) ? c : '_');
        }

        return head.Append('_').Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), 0, digits).ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
