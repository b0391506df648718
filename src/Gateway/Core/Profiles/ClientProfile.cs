using System.Text.Json.Serialization;
using McpPlatform.Gateway.Attempts;

namespace McpPlatform.Gateway.Profiles;

/// <remarks>Members are set and not init: what JSON leaves out keeps its default. Nobody changes them once they are read.</remarks>
/// <summary>What a kind of client can take. Data: the built-in ones are in <c>profiles.json</c>, the operator's file adds and replaces. All null: takes everything.</summary>
public sealed record ClientProfile
{
    /// <summary>Longest name of a tool.</summary>
    public int? MaxNameLength { get; set; }

    /// <summary>Names of letters, digits, <c>_</c> and <c>-</c> alone.</summary>
    public bool PlainNames { get; set; }

    /// <summary>Most tools in a list; further ones are left out by their order, and it says how many.</summary>
    public int? MaxTools { get; set; }

    /// <summary>How long the client waits for a call: so much of its server's time is not worth having.</summary>
    public int? TimeoutMs { get; set; }

    /// <summary>False: a client that is told that lists changed does worse than one that is not.</summary>
    public bool ListChanged { get; set; } = true;

    /// <summary>Null: schemas stay as they are.</summary>
    public SchemaDialect? Schema { get; set; }

    /// <summary>Names that such clients give themselves (<c>clientInfo.name</c>), in any case; a <c>*</c> at the end stands for any rest.</summary>
    public IReadOnlyList<string> Clients { get; set; } = [];

    /// <summary>Under which it is asked for.</summary>
    [JsonIgnore]
    public string Name { get; internal init; } = "";

    /// <summary>Nothing is different for such a client.</summary>
    [JsonIgnore]
    public bool IsPlain => MaxNameLength is null && !PlainNames && MaxTools is null && TimeoutMs is null && ListChanged && Schema is null;

    /// <summary>Its prepared lists.</summary>
    [JsonIgnore]
    public ProfileViews Views => field ??= new ProfileViews(this);

    /// <summary>Whether a name is one that only this profile's lists can give: for its clients it never means a tool that happens to be called so.</summary>
    public bool Makes(string name) => ShortName.IsMade(name, this);

    private RequestTimers Alone => field ??= new RequestTimers(null, null, null, null, TimeSpan.FromMilliseconds(TimeoutMs!.Value));

    /// <summary>The shorter of what the request says and what such clients wait.</summary>
    public RequestTimers Within(RequestTimers timers) => TimeoutMs is null ? timers
        : timers.IsEmpty ? Alone
        : timers.Total < Alone.Total ? timers
        : timers with { Total = Alone.Total };
}

/// <summary>What of JSON Schema a client can take. Every change makes a schema say less, never more: what the server checks stays the server's business.</summary>
public sealed record SchemaDialect
{
    /// <summary>Keywords left out.</summary>
    public IReadOnlyList<string> Drop { get; set; } = [];

    /// <summary>The only values of <c>format</c> that stay; null = all.</summary>
    public IReadOnlyList<string>? Formats { get; set; }

    /// <summary>References are replaced by what they refer to; one that leads back into itself by a schema that takes any object.</summary>
    public bool InlineReferences { get; set; }

    /// <summary><c>const</c> becomes an <c>enum</c> of one.</summary>
    public bool ConstAsEnum { get; set; }

    /// <summary><c>["string","null"]</c> becomes <c>string</c> and <c>nullable</c>.</summary>
    public bool NullableTypes { get; set; }

    /// <summary><c>enum</c> stays where all its values are texts.</summary>
    public bool TextEnums { get; set; }

    /// <summary>Arrays that say nothing of their items are arrays of texts.</summary>
    public bool ArrayItems { get; set; }

    /// <summary>Objects that describe their properties get <c>additionalProperties: false</c>.</summary>
    public bool ClosedObjects { get; set; }

    /// <summary>No <c>anyOf</c>, <c>oneOf</c>, <c>allOf</c> at the top of the arguments.</summary>
    public bool NoTopLevelAlternatives { get; set; }

    /// <summary>The spelling of draft 7: <c>definitions</c>, <c>items</c> for tuples.</summary>
    [JsonPropertyName("draft_07")]
    public bool Draft07 { get; set; }
}
