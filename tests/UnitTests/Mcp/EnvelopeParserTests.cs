using System.Buffers;
using System.Text;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class EnvelopeParserTests
{
    [Fact]
    public void A_call_shows_its_id_method_name_arguments_and_meta_as_they_were_written()
    {
        const string Body = """
             { "jsonrpc":"2.0", "id" : 4711 ,"method":"tools/call","extra":[1,{"a":2}],"params":{"_meta":{"progressToken":"p\u0031","traceparent":"00-a-b-01",
              "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"x":1.50},
              "io.modelcontextprotocol/clientInfo":{"name":"c"}},"name":"add","arguments": {"n":9007199254740991,"id":null} , "task":{}} }
            """;

        var call = Parse(Body);

        call.Kind.ShouldBe(MessageKind.Request);
        call.Id.ToString().ShouldBe("4711");
        call.Method.ShouldBe("tools/call");
        call.Name.ShouldBe("add");
        Text(call.Arguments).ShouldBe("""{"n":9007199254740991,"id":null}""");
        call.Meta.ProtocolVersion.ShouldBe("2026-07-28");
        Text(call.Meta.ClientCapabilities).ShouldBe("""{"x":1.50}""");
        Text(call.Meta.ClientInfo).ShouldBe("""{"name":"c"}""");
        call.Meta.ProgressToken.ToString().ShouldBe("\"p\\u0031\"");
        call.Meta.TraceParent.ShouldBe("00-a-b-01");
        Text(call.Param("task"u8)).ShouldBe("{}");
        Text(call.Params).ShouldStartWith("{\"_meta\"");
        Text(call.Params).ShouldEndWith("\"task\":{}}");
    }

    [Fact]
    public void The_type_of_an_id_is_kept()
    {
        var number = Parse("""{"jsonrpc":"2.0","id":4711,"method":"ping"}""").Id;
        var text = Parse("""{"jsonrpc":"2.0","id":"4711","method":"ping"}""").Id;

        number.ShouldNotBe(text);
        text.IsText.ShouldBeTrue();
        number.Is(4711).ShouldBeTrue();
        text.Is(4711).ShouldBeFalse();
        Parse("""{"jsonrpc":"2.0","id":"\u0034711","method":"ping"}""").Id.ShouldBe(text);
        Parse("""{"jsonrpc":"2.0","id":"\u0034711","method":"ping"}""").Id.GetHashCode().ShouldBe(text.GetHashCode());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", MessageKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", MessageKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":"a","error":{"code":1,"message":"m"}}""", MessageKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}""", MessageKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}""", MessageKind.Response)]
    public void The_kind_follows_from_the_members(string body, MessageKind kind) => Parse(body).Kind.ShouldBe(kind);

    [Theory]
    [InlineData("""{"id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":2.0,"id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":""}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","m\u0045thod":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","m\u0065thod":"tools/call"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","paramſ":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","NAME":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","argumentſ":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{},"_META":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:1","uri":"a:2"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:1","URI":"a:2"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a"},"ref":{"type":"ref/prompt","name":"b"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a","name":"b"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"a","Type":"ref/resource"}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"argument":{"name":"a","name":"b","value":""}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"context":{"arguments":{},"arguments":{"a":1}}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"a","taskId":"b"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","task":null,"task":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToKen":1}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","na\u0000me":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"arguments":{"a":{"b\u0000":1}}}}""")]
    public void What_two_readers_could_understand_differently_is_refused_with_its_id(string body)
    {
        var parsed = EnvelopeParser.Parse(Encoding.UTF8.GetBytes(body));

        parsed.Envelope.ShouldBeNull();
        parsed.Error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        parsed.Error.HttpStatus.ShouldBe(400);
        parsed.Id.ToString().ShouldBe("1");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void An_id_is_a_string_or_an_integer(string id)
    {
        var parsed = EnvelopeParser.Parse(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id}},"method":"ping"}"""));

        parsed.Error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        parsed.Id.IsNone.ShouldBeTrue();
    }

    [Fact]
    public void Two_ids_are_no_id()
    {
        var parsed = EnvelopeParser.Parse("""{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"""u8.ToArray());

        parsed.Error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        parsed.Id.IsNone.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"jsonrpc":"2.0","id":"\ud800","method":"ping"}""")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping",}""")]
    public void What_is_not_json_is_a_parse_error(string body) =>
        EnvelopeParser.Parse(Encoding.UTF8.GetBytes(body)).Error!.Code.ShouldBe(ErrorCodes.ParseError);

    [Fact]
    public void Broken_utf8_is_a_parse_error() =>
        EnvelopeParser.Parse((byte[])[.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Error!.Code.ShouldBe(ErrorCodes.ParseError);

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    public void Nesting_ends_at_64_levels(int arrays, bool accepted)
    {
        var nested = new string('[', arrays) + new string(']', arrays);
        var parsed = EnvelopeParser.Parse(Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":{{{nested}}}}}"""));

        (parsed.Error is null).ShouldBe(accepted);
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Random(20261120);
        var seed = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a\u0041","arguments":{"b":[1,"\ud83d\ude00"]},"_meta":{"progressToken":1}}}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var body = seed.AsSpan(0, random.Next(seed.Length + 1)).ToArray();
            for (var changes = random.Next(4); changes > 0 && body.Length > 0; changes--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var parsed = EnvelopeParser.Parse(body);

            (parsed.Envelope is null).ShouldBe(parsed.Error is not null);
        }
    }

    [Fact]
    public void A_body_in_pieces_reads_like_one()
    {
        var body = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}"""u8.ToArray();
        var first = new Piece(body.AsMemory(0, 30));
        var last = first.Append(body.AsMemory(30));

        var parsed = EnvelopeParser.Parse(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));

        parsed.Envelope!.Name.ShouldBe("add");
    }

    [Fact]
    public void A_batch_is_taken_apart_only_where_asked_for()
    {
        var body = """ [ {"a":1} , 2,"x" ] """u8.ToArray();

        EnvelopeParser.IsBatch(body).ShouldBeTrue();
        EnvelopeParser.Parse(body).Error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        EnvelopeParser.SplitBatch(body, 3, out var error)!.Select(Text).ShouldBe(["""{"a":1}""", "2", "\"x\""]);
        error.ShouldBeNull();
        EnvelopeParser.SplitBatch(body, 2, out error).ShouldBeNull();
        error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        EnvelopeParser.SplitBatch("[]"u8.ToArray(), 2, out error).ShouldBeNull();
        error!.Code.ShouldBe(ErrorCodes.InvalidRequest);
        EnvelopeParser.SplitBatch("[1"u8.ToArray(), 2, out error).ShouldBeNull();
        error!.Code.ShouldBe(ErrorCodes.ParseError);
    }

    private static Envelope Parse(string body)
    {
        var parsed = EnvelopeParser.Parse(Encoding.UTF8.GetBytes(body));
        parsed.Error.ShouldBeNull();
        return parsed.Envelope!;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
