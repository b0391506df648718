using System.Buffers;
using System.Text.Json;

namespace McpPlatform.Gateway.Redaction;

/// <summary>Tells whether there is anything to redact at all. Nearly always there is not, and what is clean may be kept as it came, without being written anew.</summary>
internal static class CleanJson
{
    private const int StackCharacters = 1024;

    /// <summary>
    /// True when <see cref="JsonRedaction"/> would take nothing out of this document. False also when it is no JSON, and when a text in it may be JSON by itself:
    /// then it is to be looked at closely.
    /// </summary>
    public static bool Is(ReadOnlySpan<byte> json, in RedactionScope scope)
    {
        // A character takes at least one byte.
        var rented = json.Length > StackCharacters ? ArrayPool<char>.Shared.Rent(json.Length) : null;
        try
        {
            return Walk(json, scope, rented ?? stackalloc char[StackCharacters]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperation: lone surrogates or broken UTF-8, which the reader finds only when the string is decoded.
            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: false);
            }
        }
    }

    private static bool Walk(ReadOnlySpan<byte> json, in RedactionScope scope, Span<char> buffer)
    {
        var reader = new Utf8JsonReader(json);
        var any = false;
        while (reader.Read())
        {
            any = true;
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            {
                continue;
            }

            ReadOnlySpan<char> text = buffer[..reader.CopyString(buffer)];
            var isClean = reader.TokenType == JsonTokenType.PropertyName ? text.Length <= JsonRedaction.MaxNameLength && !SensitiveNames.Matches(text) : !MayBeJson(text);
            if (!isClean || !TextRedactor.IsClean(text, scope))
            {
                return false;
            }
        }

        return any;
    }

    private static bool MayBeJson(ReadOnlySpan<char> text) => text.TrimStart() is ['{' or '[', ..];
}
