using System.Buffers;
using System.Text.Json;

namespace McpPlatform.Mcp.Json;

/// <summary>
/// Changes single members of a raw JSON object and copies all other bytes as they are: number text, escapes, white space, order and unknown members survive.
/// New members go to the end. Values are never decoded, so nothing can be lost that this platform does not understand.
/// </summary>
public static class JsonSplice
{
    private const int MostEdits = 32;

    /// <summary>
    /// Writes <paramref name="json"/> with <paramref name="edits"/> (at most 32) applied. Anything but an object is copied unchanged.
    /// Expects JSON that was read before; throws <see cref="JsonException"/> when it is not JSON, having written part of it.
    /// </summary>
    public static void Write(ReadOnlySpan<byte> json, IReadOnlyList<MemberEdit> edits, IBufferWriter<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(edits.Count, MostEdits, nameof(edits));
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            output.Write(json);
            return;
        }

        var copied = (int)reader.BytesConsumed;
        output.Write(json[..copied]);
        var (kept, met) = (false, 0u);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = IndexOf(ref reader, edits);
            var nameStart = (int)reader.TokenStartIndex;
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            met |= index >= 0 ? 1u << index : 0;
            if (index < 0 || !Removes(edits[index], json[valueStart..end]))
            {
                WriteGap(json[copied..nameStart], kept, output);
                output.Write(json[nameStart..valueStart]);
                WriteValue(json[valueStart..end], index < 0 ? null : edits[index], output);
                kept = true;
            }

            copied = end;
        }

        for (var i = 0; i < edits.Count; i++)
        {
            if ((met & (1u << i)) == 0 && Adds(edits[i]))
            {
                WriteMember(edits[i], kept, output);
                kept = true;
            }
        }

        output.Write(json[copied..]);
    }

    /// <summary>As <see cref="Write"/>, into an array of its own.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlySpan<byte> json, params IReadOnlyList<MemberEdit> edits)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 256);
        Write(json, edits, output);
        return output.WrittenMemory;
    }

    private static bool Removes(MemberEdit edit, ReadOnlySpan<byte> value) => edit.Change == MemberChange.Drop || (edit.Change == MemberChange.Strip && Empties(edit, value));

    /// <summary>Whether an object has members, and none but those that are taken out.</summary>
    private static bool Empties(MemberEdit edit, ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IndexOf(ref reader, edit.Inner) < 0)
            {
                return false;
            }

            any = true;
            reader.Skip();
        }

        return any;
    }

    private static int IndexOf(ref Utf8JsonReader reader, IReadOnlyList<MemberEdit> edits)
    {
        for (var i = 0; i < edits.Count; i++)
        {
            if (reader.ValueTextEquals(edits[i].Name.Span))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>What stands before a member: white space, and a comma unless it stood first. The first member that is kept has none.</summary>
    private static void WriteGap(ReadOnlySpan<byte> gap, bool kept, IBufferWriter<byte> output)
    {
        var comma = kept ? -1 : gap.IndexOf((byte)',');
        if (comma < 0)
        {
            output.Write(gap);
            return;
        }

        output.Write(gap[..comma]);
        output.Write(gap[(comma + 1)..]);
    }

    private static void WriteValue(ReadOnlySpan<byte> old, MemberEdit? edit, IBufferWriter<byte> output)
    {
        switch (edit?.Change)
        {
            case MemberChange.Set:
                output.Write(edit.Value.Span);
                break;
            case MemberChange.Edit or MemberChange.Strip:
                // Nothing by another name: what is to be added needs an object.
                Write(old.SequenceEqual("null"u8) && Adds(edit) ? "{}"u8 : old, edit.Inner, output);
                break;
            default:
                output.Write(old);
                break;
        }
    }

    private static bool Adds(MemberEdit edit) => edit.Change switch
    {
        MemberChange.Drop or MemberChange.Strip => false,
        MemberChange.Edit => edit.Inner.Any(Adds),
        _ => true,
    };

    private static void WriteMember(MemberEdit edit, bool kept, IBufferWriter<byte> output)
    {
        if (kept)
        {
            output.Write(","u8);
        }

        output.Write(edit.QuotedName.Span);
        output.Write(":"u8);
        if (edit.Change == MemberChange.Edit)
        {
            Write("{}"u8, edit.Inner, output);
        }
        else
        {
            output.Write(edit.Value.Span);
        }
    }
}
