using System.Globalization;
using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp;

/// <summary>
/// The arguments of one tool that a modern client over HTTP must mirror as <c>Mcp-Param-*</c> headers, as its definition says by <c>x-mcp-header</c>
/// (MCP 2026-07-28, SEP-2243). Immutable; read it once per definition.
/// </summary>
public sealed class ParamHeaders
{
    private const string Prefix = "Mcp-Param-";
    private readonly IReadOnlyList<(string Header, byte[] Property, bool IsInteger)> _params;

    private ParamHeaders(IReadOnlyList<(string, byte[], bool)> parameters, bool isValid) => (_params, IsValid) = (parameters, isValid);

    /// <summary>
    /// False when an annotation breaks the rules: an empty name, one that is no header name, one that occurs twice up to case, or a parameter that is no
    /// string, integer or boolean. Clients must leave such a tool of an HTTP server out.
    /// </summary>
    public bool IsValid { get; }

    /// <summary>True when nothing is to be mirrored.</summary>
    public bool IsEmpty => _params.Count == 0;

    /// <summary>Reads a raw tool definition. Only direct properties of <c>inputSchema</c> can be mirrored.</summary>
    public static ParamHeaders Read(ReadOnlyMemory<byte> definition)
    {
        var properties = JsonMembers.Find(JsonMembers.Find(definition, "inputSchema"u8), "properties"u8);
        if (properties.Span.IndexOf("x-mcp-header"u8) < 0)
        {
            return new([], true);
        }

        var found = new List<(string, byte[], bool)>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (property, schema) in JsonMembers.Members(properties))
        {
            var annotation = JsonMembers.Find(schema, "x-mcp-header"u8);
            if (annotation.IsEmpty)
            {
                continue;
            }

            var type = JsonMembers.Text(JsonMembers.Find(schema, "type"u8));
            if (JsonMembers.Text(annotation) is not { } name || !IsToken(name) || !names.Add(name) || type is not ("string" or "integer" or "boolean"))
            {
                return new([], false);
            }

            found.Add((Prefix + name, Encoding.UTF8.GetBytes(property), type == "integer"));
        }

        return new(found, true);
    }

    /// <summary>The headers for a call with these raw arguments; arguments that are null or absent have none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Write(ReadOnlyMemory<byte> arguments)
    {
        var headers = new List<KeyValuePair<string, string>>(_params.Count);
        foreach (var (header, property, _) in _params)
        {
            if (Value(arguments, property) is { } value)
            {
                headers.Add(new(header, McpHeaders.Encode(value)));
            }
        }

        return headers;
    }

    /// <summary>
    /// Null when the headers of a request say what its arguments say; integers are compared as numbers. <paramref name="header"/>: value by name, or
    /// null.
    /// </summary>
    public McpError? Check(Func<string, string?> header, ReadOnlyMemory<byte> arguments)
    {
        foreach (var (name, property, isInteger) in _params)
        {
            var (sent, meant) = (header(name), Value(arguments, property));
            var agrees = meant is null ? sent is null : McpHeaders.Matches(sent, meant) || (isInteger && SameNumber(sent, meant));
            if (!agrees)
            {
                return McpError.Header(name);
            }
        }

        return null;
    }

    private static string? Value(ReadOnlyMemory<byte> arguments, byte[] property)
    {
        var raw = JsonMembers.Find(arguments, property);
        return raw.IsEmpty || raw.Span.SequenceEqual("null"u8) ? null : JsonMembers.Text(raw) ?? Encoding.UTF8.GetString(raw.Span);
    }

    private static bool SameNumber(string? sent, string meant) =>
        sent is not null && McpHeaders.TryDecode(sent, out var text)
        && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
        && decimal.TryParse(meant, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
        && left == right;

    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
