using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Profiles;

/// <summary>All client profiles of a gateway. Immutable.</summary>
public sealed class ProfileSet
{
    /// <summary>Header by which a client asks for one.</summary>
    public const string Header = "Mcp-Client-Profile";

    private readonly FrozenDictionary<string, ClientProfile> _byName;
    private readonly (byte[] Name, bool IsPrefix, ClientProfile Profile)[] _clients;

    private ProfileSet(IEnumerable<KeyValuePair<string, ClientProfile>> profiles)
    {
        _byName = profiles.ToFrozenDictionary(entry => entry.Key, entry => entry.Value with { Name = entry.Key }, StringComparer.OrdinalIgnoreCase);

        // The longest name first: it is the most telling.
        _clients = [.. _byName.Values.SelectMany(profile => profile.Clients.Select(client => (Encoding.UTF8.GetBytes(client.TrimEnd('*')), client.EndsWith('*'), profile)))
            .OrderBy(client => client.Item2).ThenByDescending(client => client.Item1.Length).ThenBy(client => client.profile.Name, StringComparer.Ordinal)];
    }

    /// <summary>Those that come with the gateway.</summary>
    public static ProfileSet BuiltIn { get; } = new(Read(Embedded()));

    /// <summary>Names, in order.</summary>
    public IEnumerable<string> Names => _byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The built-in ones with those of an operator's file in their place. Throws <see cref="JsonException"/> with what is wrong.</summary>
    /// <param name="json">An object of profiles by name.</param>
    public static ProfileSet With(string json)
    {
        var own = Read(json);
        foreach (var (name, profile) in own)
        {
            if (Wrong(profile) is { } wrong)
            {
                throw new JsonException($"Profile '{name}': {wrong}.");
            }
        }

        return new ProfileSet(BuiltIn._byName.Where(known => !own.ContainsKey(known.Key)).Concat(own));
    }

    /// <summary>Null when there is none of this name. A plain one is found as well: it is what overrules a client's own word.</summary>
    public ClientProfile? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The profile of a client by what it says of itself; null when none is meant for it. Allocates nothing.</summary>
    /// <param name="info">Raw <c>clientInfo</c>.</param>
    public ClientProfile? Of(ReadOnlyMemory<byte> info)
    {
        var quoted = info.IsEmpty ? default : JsonMembers.Find(info, "name"u8).Span;
        if (quoted.Length < 3 || quoted[0] != '"')
        {
            return null;
        }

        var name = quoted[1..^1];
        foreach (var (known, isPrefix, profile) in _clients)
        {
            if (isPrefix ? name.Length >= known.Length && Ascii.EqualsIgnoreCase(name[..known.Length], known) : Ascii.EqualsIgnoreCase(name, known))
            {
                return profile;
            }
        }

        return null;
    }

    private static string? Wrong(ClientProfile? profile) =>
        profile is null ? "null is no profile"
        : profile.MaxNameLength is < 24 or > 1024 ? "max_name_length must be from 24 to 1024"
        : profile.MaxTools is < 1 or > 100_000 ? "max_tools must be from 1 to 100000"
        : profile.TimeoutMs is < 100 or > 86_400_000 ? "timeout_ms must be from 100 to 86400000"
        : profile.Clients.Any(client => client.TrimEnd('*').Length == 0) ? "clients must be names, with a '*' at the end at most"
        : null;

    private static Dictionary<string, ClientProfile> Read(string json) => JsonSerializer.Deserialize(json, ProfileJson.Default.DictionaryStringClientProfile) ?? [];

    private static string Embedded()
    {
        using var reader = new StreamReader(typeof(ProfileSet).Assembly.GetManifestResourceStream("McpPlatform.Gateway.Profiles.profiles.json")!);
        return reader.ReadToEnd();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(Dictionary<string, ClientProfile>))]
internal sealed partial class ProfileJson : JsonSerializerContext;
