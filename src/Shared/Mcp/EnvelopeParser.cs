using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp;

/// <summary>What came of reading a message: an <see cref="Envelope"/>, or an error with the id it should be answered to (none when unreadable).</summary>
public readonly record struct ParsedMessage(Envelope? Envelope, McpError? Error, RequestId Id);

/// <summary>
/// Reads a message once, strictly: UTF-8 without byte order mark, at most 64 levels deep, no name that two readers could understand differently (twice, or
/// in another case) among the members that decide what the message means. Everything else is left alone and survives byte for byte.
/// </summary>
public static class EnvelopeParser
{
    /// <summary>Deepest nesting taken; deeper messages are answered as unparsable.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> White = SearchValues.Create(" \t\r\n"u8);
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MaxDepth };

    /// <summary>True when the first character of the body opens an array. Batches belong to 2025-03-26; split them with <see cref="SplitBatch"/>.</summary>
    public static bool IsBatch(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOfAnyExcept(White);
        return start >= 0 && body[start] == (byte)'[';
    }

    /// <summary>Reads one message that may lie in pieces. Pieces are copied together once.</summary>
    public static ParsedMessage Parse(in ReadOnlySequence<byte> body) => Parse(body.IsSingleSegment ? body.First : body.ToArray());

    /// <summary>Reads one message. Does not throw for anything a peer can send.</summary>
    public static ParsedMessage Parse(ReadOnlyMemory<byte> body)
    {
        if (Unreadable(body.Span) is { } unreadable)
        {
            return new(null, unreadable, default);
        }

        if (IsBatch(body.Span))
        {
            return new(null, McpError.Shape("A batch is not accepted here: send one message."), default);
        }

        var scan = new EnvelopeScan(body);
        try
        {
            var reader = new Utf8JsonReader(body.Span, Strict);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return new(null, McpError.Shape("A message is a JSON object."), default);
            }

            scan.ReadMessage(ref reader);
            reader.Read();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name or string that matters holds half a surrogate pair.
            return new(null, McpError.Parse($"The body is not valid JSON, or deeper than {MaxDepth} levels."), default);
        }

        return scan.Finish();
    }

    /// <summary>
    /// Takes a batch apart without reading its messages. Null and an error when it is no array, is empty, has more than <paramref name="most"/> items, or is
    /// not JSON.
    /// </summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? SplitBatch(ReadOnlyMemory<byte> body, int most, out McpError? error)
    {
        error = Unreadable(body.Span);
        if (error is not null)
        {
            return null;
        }

        var items = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && items.Count <= most)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    items.Add(body[start..(int)reader.BytesConsumed]);
                }
            }
        }
        catch (JsonException)
        {
            error = McpError.Parse("The batch is not valid JSON.");
            return null;
        }

        error = items.Count == 0 ? McpError.Shape("A batch holds at least one message.")
            : items.Count > most ? McpError.Shape($"A batch holds at most {most} messages.") : null;
        return error is null ? items : null;
    }

    private static McpError? Unreadable(ReadOnlySpan<byte> body) =>
        body.IndexOfAnyExcept(White) < 0 ? McpError.Parse("The body is empty.")
        : body.StartsWith("\uFEFF"u8) ? McpError.Parse("The body starts with a byte order mark.")
        : !Utf8.IsValid(body) ? McpError.Parse("The body is not valid UTF-8.")
        : null;
}
