using System.Text.Json;

namespace McpPlatform.Mcp.Json;

/// <summary>Looks into raw JSON objects without building a document.</summary>
public static class JsonMembers
{
    /// <summary>
    /// The raw value of the first member of <paramref name="json"/> with this name, a window into it; empty when there is none, or when it is empty or no
    /// object. Expects JSON that was read before; throws <see cref="JsonException"/> when it is not JSON.
    /// </summary>
    public static ReadOnlyMemory<byte> Find(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        if (json.IsEmpty)
        {
            return default;
        }

        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return default;
    }

    /// <summary>The decoded string, or null when the raw value is empty, another type, or holds half a surrogate pair.</summary>
    public static string? Text(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty || raw.Span[0] != (byte)'"')
        {
            return null;
        }

        var reader = new Utf8JsonReader(raw.Span);
        try
        {
            return reader.Read() ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text: to a caller the same as a value of another type.
            return null;
        }
    }

    /// <summary>True when the raw value is an object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> raw) => !raw.IsEmpty && raw[0] == (byte)'{';

    /// <summary>The raw items of an array; none when it is empty or no array.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Items(ReadOnlyMemory<byte> array)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        if (array.IsEmpty || array.Span[0] != (byte)'[')
        {
            return items;
        }

        var reader = new Utf8JsonReader(array.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(array[start..(int)reader.BytesConsumed]);
        }

        return items;
    }

    /// <summary>The decoded names and raw values of an object, in order; none when it is empty or no object.</summary>
    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Value)> Members(ReadOnlyMemory<byte> json)
    {
        var members = new List<(string, ReadOnlyMemory<byte>)>();
        if (!IsObject(json.Span))
        {
            return members;
        }

        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add((name, json[start..(int)reader.BytesConsumed]));
        }

        return members;
    }

    /// <summary>A string as JSON text, quotes included.</summary>
    public static ReadOnlyMemory<byte> Quote(string text) =>
        System.Text.Encoding.UTF8.GetBytes(string.Concat("\"", JsonEncodedText.Encode(text).ToString(), "\""));
}
