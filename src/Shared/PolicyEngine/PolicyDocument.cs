using System.Text.Json;
using McpPlatform.PolicyEngine.Parsing;

namespace McpPlatform.PolicyEngine;

/// <summary>
/// One tenant's policy as written: <c>{"roles":[{"name","grants":[{"id","effect","actions","resources","environments"?,"conditions"?,"description"?}]}]}</c>.
/// Reading is strict: unknown members, members given twice, wrong types and values outside of <see cref="PolicyLimits"/> make their part malformed,
/// and what is malformed denies as far as it could have reached: a rule everything to the holders of its role, a role likewise, a document
/// (or a role without a usable name, which anybody might hold) everything to everybody.
/// </summary>
/// <param name="Problems">What is malformed, at most <see cref="PolicyLimits.MaxProblems"/>. Empty = the whole document is in force as written.</param>
/// <param name="IsUnreadable">True when everything is denied to everybody.</param>
public sealed record PolicyDocument(IReadOnlyList<PolicyRole> Roles, IReadOnlyList<PolicyProblem> Problems, bool IsUnreadable)
{
    /// <summary>A tenant without roles of its own: the built-in ones work.</summary>
    public static PolicyDocument Empty { get; } = new([], [], false);

    /// <summary>Reads UTF-8 JSON. Never throws for what it reads.</summary>
    public static PolicyDocument Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > PolicyLimits.MaxDocumentBytes)
        {
            return DocumentParser.Unreadable($"The document has {utf8.Length} bytes; at most {PolicyLimits.MaxDocumentBytes} are read.", "Remove roles that nobody holds.");
        }

        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var json = JsonDocument.ParseValue(ref reader);
            return reader.Read() ? DocumentParser.Unreadable("Something follows the document.", "Send one JSON object.") : DocumentParser.Parse(json.RootElement);
        }
        catch (JsonException e)
        {
            return DocumentParser.Unreadable($"The document is not JSON (line {e.LineNumber + 1}).", "Send one JSON object with the member \"roles\".");
        }
    }

    /// <summary>Reads JSON that is parsed already. Never throws for what it reads.</summary>
    public static PolicyDocument Parse(JsonElement element) => DocumentParser.Parse(element);
}
