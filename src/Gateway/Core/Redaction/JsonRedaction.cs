using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpPlatform.Gateway.Redaction;

/// <summary>One walk over a JSON document, copying what may be kept into a bounded new one.</summary>
internal ref struct JsonRedaction(RedactionScope scope, int maxBytes, int level = 0)
{
    /// <summary>Room for the marker, its member name and the brackets of 64 levels.</summary>
    private const int Reserve = 128;

    private const string TruncationName = "…";
    private const string TruncationMark = "…[truncated]";

    /// <summary>JSON within JSON strings is looked into this deep; deeper it is free text.</summary>
    private const int MaxLevel = 3;

    /// <summary>A longer name is no name; its head is kept.</summary>
    public const int MaxNameLength = 200;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly RedactionScope _scope = scope;
    private int _depth;

    /// <summary>One bit per open level, set for objects: what has to be closed when the output is full. The reader goes 64 levels deep.</summary>
    private ulong _objects;

    /// <summary>Redacts a document. Never throws on its content.</summary>
    public string Run(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(Math.Min(json.Length + 64, maxBytes));
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            if (TryCopy(json, writer))
            {
                writer.Flush();
                return Encoding.UTF8.GetString(output.WrittenSpan);
            }
        }

        output.ResetWrittenCount();
        using var asText = new Utf8JsonWriter(output, WriterOptions);
        var text = Redactor.Text(json, _scope, maxBytes);
        asText.WriteStringValue(text.AsSpan(0, CutText.Fit(text, maxBytes - Reserve)));
        asText.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>False when the input is no JSON document.</summary>
    private bool TryCopy(ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var any = false;
            while (reader.Read())
            {
                any = true;
                if (!CopyToken(ref reader, writer))
                {
                    Truncate(writer, reader.TokenType);
                    return true;
                }
            }

            return any;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperation: lone surrogates, which the reader finds only when the string is decoded.
            return false;
        }
    }

    /// <summary>False when there is no room for the token.</summary>
    private bool CopyToken(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        var room = Room(writer);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when room > 8:
                writer.WriteStartObject();
                _objects |= 1UL << _depth++;
                return true;
            case JsonTokenType.StartArray when room > 8:
                writer.WriteStartArray();
                _objects &= ~(1UL << _depth++);
                return true;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                _depth--;
                return true;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                _depth--;
                return true;
            case JsonTokenType.PropertyName:
                return CopyMember(ref reader, writer, room);
            case JsonTokenType.String when room > 32:
                WriteText(ref reader, writer, room);
                return true;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null when room > reader.ValueSpan.Length + 8:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                return true;
            default:
                return false;
        }
    }

    private bool CopyMember(ref Utf8JsonReader reader, Utf8JsonWriter writer, int room)
    {
        var name = CutText.Head(ref reader, MaxNameLength, out var cut);
        if (room < (name.Length * 6) + 64)
        {
            return false;
        }

        var sensitive = SensitiveNames.Matches(name);
        var keepsNumbers = sensitive && SensitiveNames.KeepsNumbers(name);
        writer.WritePropertyName(TextRedactor.Redact(name, _scope, cut) ?? name);
        if (!sensitive)
        {
            return true;
        }

        reader.Read();
        var harmless = reader.TokenType is JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False
            || (keepsNumbers && reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length < 24);
        if (harmless)
        {
            writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
        }
        else
        {
            reader.Skip();
            writer.WriteStringValue(TextRedactor.Mask);
        }

        return true;
    }

    private readonly void WriteText(ref Utf8JsonReader reader, Utf8JsonWriter writer, int room)
    {
        var text = CutText.Head(ref reader, room, out var cut);
        var clean = EmbeddedJson(text, cut, room) ?? TextRedactor.Redact(text, _scope, cut) ?? text;
        var fit = CutText.Fit(clean, room - 24);
        writer.WriteStringValue(fit == clean.Length && !cut ? clean : string.Concat(clean.AsSpan(0, fit), TruncationMark));
    }

    /// <summary>Tool results carry JSON as text: there the names of members tell what is secret.</summary>
    private readonly string? EmbeddedJson(string text, bool cut, int room)
    {
        var trimmed = text.AsSpan().TrimStart();
        if (cut || level >= MaxLevel || trimmed is not ['{' or '[', ..])
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(text.Length);
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        if (!new JsonRedaction(_scope, Math.Max(room, 2 * Reserve), level + 1).TryCopy(Encoding.UTF8.GetBytes(text), writer))
        {
            return null;
        }

        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private readonly int Room(Utf8JsonWriter writer) => maxBytes - Reserve - (int)(writer.BytesCommitted + writer.BytesPending);

    private void Truncate(Utf8JsonWriter writer, JsonTokenType at)
    {
        if (at == JsonTokenType.PropertyName)
        {
            writer.WriteString(TruncationName, TruncationMark);
        }
        else
        {
            writer.WriteStringValue(TruncationMark);
        }

        while (_depth-- > 0)
        {
            if ((_objects & (1UL << _depth)) != 0)
            {
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteEndArray();
            }
        }
    }
}
