using System.Globalization;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Mcp;

/// <summary>
/// A JSON-RPC id (or progress token) exactly as it was written, quotes included: <c>4711</c> and <c>"4711"</c> are different, and a client gets back the
/// bytes it sent. <see langword="default"/> means: none. Equality is by value: a string written with escapes equals the same string without.
/// </summary>
public readonly struct RequestId : IEquatable<RequestId>
{
    private RequestId(ReadOnlyMemory<byte> raw) => Raw = raw;

    /// <summary>The JSON text; empty for none.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>True when the message had no (usable) id.</summary>
    public bool IsNone => Raw.IsEmpty;

    /// <summary>True for a string, false for an integer.</summary>
    public bool IsText => !Raw.IsEmpty && Raw.Span[0] == (byte)'"';

    /// <summary>An integer id of our own.</summary>
    public static RequestId Of(long number) => new(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Takes JSON text that is a string or an integer without fraction and exponent; everything else is <c>none</c>.</summary>
    public static RequestId FromRaw(ReadOnlyMemory<byte> raw)
    {
        var text = raw.Span;
        if (text.IsEmpty)
        {
            return default;
        }

        if (text[0] == (byte)'"')
        {
            return new(raw);
        }

        var digits = text[0] == (byte)'-' ? text[1..] : text;
        return digits.Length is > 0 and <= 40 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? new(raw) : default;
    }

    /// <summary>True when this is the integer <paramref name="number"/>.</summary>
    public bool Is(long number) =>
        !IsText && System.Buffers.Text.Utf8Parser.TryParse(Raw.Span, out long value, out var used) && used == Raw.Length && value == number;

    /// <summary>A copy that does not depend on the buffer the id was read from.</summary>
    public RequestId Detach() => IsNone ? default : new(Raw.ToArray());

    /// <inheritdoc/>
    public bool Equals(RequestId other)
    {
        var mine = Raw.Span;
        var theirs = other.Raw.Span;
        if (mine.SequenceEqual(theirs))
        {
            return true;
        }

        var escaped = mine.Contains((byte)'\\') || theirs.Contains((byte)'\\');
        return escaped && IsText && other.IsText && string.Equals(Decode(), other.Decode(), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RequestId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var raw = Raw.Span;
        var hash = default(HashCode);
        hash.AddBytes(IsText && raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(Decode()) : raw);
        return hash.ToHashCode();
    }

    /// <summary>Compares by value, see the type.</summary>
    public static bool operator ==(RequestId left, RequestId right) => left.Equals(right);

    /// <summary>Compares by value, see the type.</summary>
    public static bool operator !=(RequestId left, RequestId right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Raw.Span);

    private string Decode()
    {
        var raw = Raw.Span;
        if (!IsText || !raw.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(raw);
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        return string.Concat("\"", reader.GetString(), "\"");
    }
}
