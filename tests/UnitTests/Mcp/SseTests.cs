using System.Buffers;
using System.Text;
using McpPlatform.Mcp.Sse;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class SseTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "message|a;message|b")]
    [InlineData("data: a\r\rdata:b\r\r", "message|a;message|b")]
    [InlineData("data: a\r\ndata: b\r\n\r\n", "message|a\nb")]
    [InlineData(": comment\n\nevent: endpoint\ndata: /m\n\n", "endpoint|/m")]
    [InlineData("event: endpoint\ndata: /m\n\ndata: x\n\n", "endpoint|/m;message|x")]
    [InlineData("id: 1\nretry: 200\ndata: \n\ndata:  two\n\n", "message| two")]
    [InlineData("\uFEFFdata: a\n\n", "message|a")]
    [InlineData("data: a\n\ndata: cut off\n", "message|a")]
    [InlineData("data\n\nnonsense\n\n", "")]
    public async Task Events_come_out_however_the_bytes_arrive(string text, string expected)
    {
        for (var size = 1; size < 9; size++)
        {
            using var reader = new SseReader(new Trickle(Encoding.UTF8.GetBytes(text), size), new SseLimits());
            var events = new List<string>();
            while (await reader.Read(TestContext.Current.CancellationToken))
            {
                events.Add(reader.EventType + "|" + Encoding.UTF8.GetString(reader.Data.Span));
            }

            string.Join(';', events).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_line_over_the_limit_ends_it()
    {
        using var reader = new SseReader(new Trickle(Encoding.UTF8.GetBytes("data: " + new string('x', 100) + "\n\n"), 7), new SseLimits(MaxLine: 50));

        (await Should.ThrowAsync<UpstreamException>(async () => await reader.Read(TestContext.Current.CancellationToken))).Kind.ShouldBe(UpstreamFailure.TooLarge);
    }

    [Fact]
    public async Task An_event_of_many_lines_over_the_limit_ends_it()
    {
        var lines = string.Concat(Enumerable.Repeat("data: 0123456789\n", 20));
        using var reader = new SseReader(new Trickle(Encoding.UTF8.GetBytes(lines), 64), new SseLimits(MaxLine: 50, MaxEvent: 100));

        (await Should.ThrowAsync<UpstreamException>(async () => await reader.Read(TestContext.Current.CancellationToken))).Kind.ShouldBe(UpstreamFailure.TooLarge);
    }

    [Fact]
    public async Task What_is_written_reads_back_also_when_the_message_has_lines()
    {
        var output = new ArrayBufferWriter<byte>();
        SseWriter.WriteMessage(output, "{\"a\":1}"u8);
        output.Write(SseWriter.KeepAlive);
        SseWriter.WriteMessage(output, "{\r\n \"s\":\"\u2028\\n\"\n}"u8);
        using var reader = new SseReader(new MemoryStream(output.WrittenSpan.ToArray()), new SseLimits());

        (await reader.Read(TestContext.Current.CancellationToken)).ShouldBeTrue();
        Encoding.UTF8.GetString(reader.Data.Span).ShouldBe("{\"a\":1}");
        (await reader.Read(TestContext.Current.CancellationToken)).ShouldBeTrue();
        Encoding.UTF8.GetString(reader.Data.Span).ShouldBe("{\n \"s\":\"\u2028\\n\"\n}");
        (await reader.Read(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    private sealed class Trickle(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
