using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpPlatform.Packs;

/// <summary>
/// One spelling for equal JSON: members in ordinal order, no white space, one encoder. Numbers keep their text: the compiler writes each once, and
/// a schema's <c>1.0</c> is not ours to change. Equal packs thus have equal hashes on every machine.
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Options = new() { MaxDepth = 1000, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The canonical UTF-8 text of a value.</summary>
    public static byte[] Write(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>sha256:</c> and 64 lower-case hex digits over the canonical text.</summary>
    public static string Hash(JsonElement value) => HashOfCanonical(Write(value));

    internal static string HashOfCanonical(ReadOnlySpan<byte> canonical) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(canonical))}";

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                writer.WriteRawValue(value.GetRawText());
                break;
        }
    }
}
