using System.Text.Json;

namespace McpPlatform.PolicyEngine.Parsing;

/// <summary>The members of one JSON object, read strictly: every deviation is a problem.</summary>
internal sealed class Members
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly ProblemList _problems;

    private Members(string path, ProblemList problems) => (_path, _problems) = (path, problems);

    /// <summary>Reads an object with none but the given members, each at most once. Null when it is no object; other deviations are only noted.</summary>
    public static Members? Read(JsonElement element, string path, ProblemList problems, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(path, $"This is {Describe(element)}, not an object.", $"Write an object with {string.Join(", ", known.ToArray())}.");
            return null;
        }

        var members = new Members(path, problems);
        foreach (var property in element.EnumerateObject())
        {
            var name = Name(property);
            if (name is null || !known.Contains(name))
            {
                problems.Add(path, $"The member {(name is null ? "with an unreadable name" : $"\"{Shorten(name)}\"")} is unknown.", $"Known are {string.Join(", ", known.ToArray())}.");
            }
            else if (!members._members.TryAdd(name, property.Value))
            {
                problems.Add(members.At(name), "The member is given twice.", "Give it once.");
            }
        }

        return members;
    }

    public string At(string name) => Join(_path, name);

    /// <summary>The member, whatever its type; notes its absence as a problem.</summary>
    public JsonElement? Required(string name)
    {
        if (_members.TryGetValue(name, out var value))
        {
            return value;
        }

        _problems.Add(At(name), "The member is missing.", $"Add \"{name}\".");
        return null;
    }

    public JsonElement? Optional(string name) => _members.TryGetValue(name, out var value) ? value : null;

    /// <summary>A string of 1 to <paramref name="maxLength"/> characters without control characters; null (noted) otherwise.</summary>
    public string? Text(string name, int maxLength) => Required(name) is { } value ? Text(value, At(name), maxLength, _problems) : null;

    /// <summary>Null when absent, or (noted) when it is no list within the limit.</summary>
    public JsonElement[]? List(string name, int maxLength, bool isRequired)
    {
        if ((isRequired ? Required(name) : Optional(name)) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            _problems.Add(At(name), $"This is {Describe(value)}, not a list.", "Write a list, also for a single entry.");
            return null;
        }

        var length = value.GetArrayLength();
        if (length > maxLength)
        {
            _problems.Add(At(name), $"The list has {length} entries; at most {maxLength} are read.", "Use wildcards, or split it.");
            return null;
        }

        return [.. value.EnumerateArray()];
    }

    public static string? Text(JsonElement value, string path, int maxLength, ProblemList problems)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            problems.Add(path, $"This is {Describe(value)}, not a string.", "Write a string in double quotes.");
            return null;
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            problems.Add(path, "The string holds half of a surrogate pair.", "Write whole characters.");
            return null;
        }

        if (text.Length is 0 || text.Length > maxLength)
        {
            problems.Add(path, $"The string has {text.Length} characters.", $"Write 1 to {maxLength} characters.");
            return null;
        }

        if (text.Any(char.IsControl))
        {
            problems.Add(path, "The string holds a control character.", "Leave it out.");
            return null;
        }

        return text;
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    public static string Shorten(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    private static string? Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
