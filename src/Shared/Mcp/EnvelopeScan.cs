using System.Text.Json;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp;

/// <summary>
/// The single pass over one message. Syntax errors throw from the reader; what is only wrong is noted (the first one counts) and reading goes on, so that the
/// answer can carry the id wherever in the message it stands.
/// </summary>
internal ref struct EnvelopeScan(ReadOnlyMemory<byte> body)
{
    private static readonly JsonKeys EnvelopeKeys = new("jsonrpc", "id", "method", "params", "result", "error");

    // All that anything here is decided by: what one reader finds first and another one last must not be there twice.
    private static readonly JsonKeys ParamKeys = new(
        "name", "arguments", "_meta", "uri", "ref", "argument", "context", "taskId", "task", "requestState", "inputResponses", "requestId", "progressToken", "notifications", "level", "cursor");

    /// <summary>Of <c>ref</c>, <c>argument</c> and <c>context</c>.</summary>
    private static readonly JsonKeys ReferenceKeys = new("type", "name", "uri", "value", "arguments");

    private static readonly JsonKeys KnownMeta = new(
        MetaKeys.ProtocolVersion, MetaKeys.ClientCapabilities, MetaKeys.ClientInfo, MetaKeys.ProgressToken, MetaKeys.TraceParent);

    private McpError? _problem;
    private int _seen;
    private RequestId _id;
    private bool _nullId;
    private bool _twoIds;
    private bool _rightVersion;
    private string? _method;
    private ReadOnlyMemory<byte> _params;
    private ReadOnlyMemory<byte> _result;
    private ReadOnlyMemory<byte> _error;
    private string? _name;
    private ReadOnlyMemory<byte> _arguments;
    private RequestMeta _meta;

    /// <summary>Reads from the opening brace, on which the reader stands, to the closing one.</summary>
    public void ReadMessage(ref Utf8JsonReader reader)
    {
        while (NextKey(ref reader, EnvelopeKeys, ref _seen, out var key))
        {
            var start = (int)reader.TokenStartIndex;
            switch (key)
            {
                case 0:
                    _rightVersion = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
                    break;
                case 2 when reader.TokenType == JsonTokenType.String:
                    _method = reader.ValueIsEscaped ? reader.GetString() : McpMethods.Intern(reader.ValueSpan);
                    break;
                case 2:
                    Note("'method' must be a string.");
                    break;
                case 3 when reader.TokenType == JsonTokenType.StartObject:
                    ReadParams(ref reader);
                    break;
                case 3:
                    Note("'params' must be an object.");
                    break;
                default:
                    break;
            }

            var value = ReadValue(ref reader, start);
            switch (key)
            {
                case 1:
                    ReadId(value);
                    break;
                case 3:
                    _params = value;
                    break;
                case 4:
                    _result = value;
                    break;
                case 5:
                    _error = value;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Decides what the message is, once it was read to its end.</summary>
    public ParsedMessage Finish()
    {
        var answers = (_result.IsEmpty ? 0 : 1) + (_error.IsEmpty ? 0 : 1);
        if (!_rightVersion)
        {
            Note("'jsonrpc' must be \"2.0\".");
        }
        else if (_method is null ? answers != 1 : answers != 0)
        {
            Note("A message has either a method, or a result, or an error.");
        }
        else if (_method?.Length == 0)
        {
            Note("'method' is empty.");
        }
        else if (_id.IsNone && (_nullId ? _error.IsEmpty : !_result.IsEmpty))
        {
            Note("'id' must be a string or an integer.");
        }

        if (_problem is not null)
        {
            return new(null, _problem, _twoIds ? default : _id);
        }

        var kind = _method is null ? MessageKind.Response : _id.IsNone ? MessageKind.Notification : MessageKind.Request;
        var envelope = new Envelope
        {
            Bytes = body, Kind = kind, Id = _id, Method = _method, Params = _params, Name = _name, Arguments = _arguments, Meta = _meta, Result = _result,
            Error = _error,
        };
        return new(envelope, null, _id);
    }

    private void ReadId(ReadOnlyMemory<byte> raw)
    {
        _id = RequestId.FromRaw(raw);
        _nullId = raw.Span.SequenceEqual("null"u8);
        if (_id.IsNone && !_nullId)
        {
            Note("'id' must be a string or an integer.");
        }
        else
        {
            // Throws on half a surrogate pair, which could not be compared later.
            _ = _id.GetHashCode();
        }
    }

    private void ReadParams(ref Utf8JsonReader reader)
    {
        var seen = 0;
        while (NextKey(ref reader, ParamKeys, ref seen, out var key))
        {
            var start = (int)reader.TokenStartIndex;
            if (key == 0 && reader.TokenType == JsonTokenType.String)
            {
                _name = reader.GetString();
            }

            var isMeta = key == 2 && reader.TokenType == JsonTokenType.StartObject;
            if (isMeta)
            {
                ReadMeta(ref reader);
            }
            else if (key == 2 && reader.TokenType != JsonTokenType.Null)
            {
                _problem ??= McpError.Params("'params._meta' must be an object.", 400);
            }

            if (key is 4 or 5 or 6 && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadReference(ref reader);
            }

            var value = ReadValue(ref reader, start);
            _arguments = key == 1 ? value : _arguments;
            _meta = isMeta ? _meta with { Raw = value } : _meta;
        }
    }

    private void ReadReference(ref Utf8JsonReader reader)
    {
        var seen = 0;
        while (NextKey(ref reader, ReferenceKeys, ref seen, out _))
        {
            ReadValue(ref reader, (int)reader.TokenStartIndex);
        }
    }

    private void ReadMeta(ref Utf8JsonReader reader)
    {
        var seen = 0;
        while (NextKey(ref reader, KnownMeta, ref seen, out var key))
        {
            var (start, type) = ((int)reader.TokenStartIndex, reader.TokenType);
            var text = key is 0 or 4 && type == JsonTokenType.String ? reader.GetString() : null;
            var value = ReadValue(ref reader, start);
            _meta = key switch
            {
                0 => _meta with { ProtocolVersion = text },
                1 when type == JsonTokenType.StartObject => _meta with { ClientCapabilities = value },
                2 when type == JsonTokenType.StartObject => _meta with { ClientInfo = value },
                3 => _meta with { ProgressToken = RequestId.FromRaw(value) },
                4 => _meta with { TraceParent = text },
                _ => _meta,
            };
        }
    }

    /// <summary>Moves to the next member and onto its value. False at the end of the object.</summary>
    private bool NextKey(ref Utf8JsonReader reader, JsonKeys keys, ref int seen, out int key)
    {
        key = -1;
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        key = keys.Find(ref reader, out var variant);
        if (variant)
        {
            Note("A member differs from a known one only by case.");
        }
        else if (JsonKeys.HasNul(ref reader))
        {
            Note("A member's name contains U+0000.");
        }
        else if (key >= 0 && (seen & (1 << key)) != 0)
        {
            _twoIds |= ReferenceEquals(keys, EnvelopeKeys) && key == 1;
            Note("A member that matters occurs twice.");
        }

        seen |= key >= 0 ? 1 << key : 0;
        reader.Read();
        return true;
    }

    /// <summary>Runs to the end of the value the reader stands on or in (an object that was read is at its end), and returns all of it.</summary>
    private ReadOnlyMemory<byte> ReadValue(ref Utf8JsonReader reader, int start)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var depth = reader.CurrentDepth;
            while (reader.Read() && !(reader.CurrentDepth == depth && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                if (reader.TokenType == JsonTokenType.PropertyName && JsonKeys.HasNul(ref reader))
                {
                    Note("A member's name contains U+0000.");
                }
            }
        }

        return body[start..(int)reader.BytesConsumed];
    }

    private void Note(string problem) => _problem ??= McpError.Shape(problem);
}
