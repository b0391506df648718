using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class BufferTests
{
    [Theory]
    [InlineData(new[] { "abc" }, "abc")]
    [InlineData(new[] { "abcdefgh" }, "abcdefgh")]
    [InlineData(new[] { "abcdefgh", "i" }, "bcdefghi")]
    [InlineData(new[] { "0123456789abcdef" }, "89abcdef")]
    [InlineData(new[] { "abc", "defgh", "ijk", "lm" }, "fghijklm")]
    public void A_tail_keeps_the_last_bytes_in_order(string[] parts, string expected)
    {
        var tail = new TextTail(8);
        foreach (var part in parts)
        {
            tail.Append(Encoding.UTF8.GetBytes(part));
        }

        tail.Read().ShouldBe(new StderrTail(expected, parts.Sum(part => Encoding.UTF8.GetByteCount(part)) > 8));
    }

    [Fact]
    public void A_pooled_buffer_grows_and_is_empty_after_it_went_back()
    {
        var buffer = new PooledBuffer(1);
        for (var i = 0; i < 1000; i++)
        {
            buffer.Write("0123456789"u8);
        }

        buffer.Written.Length.ShouldBe(10_000);
        Encoding.ASCII.GetString(buffer.Written.Span[9_990..]).ShouldBe("0123456789");
        buffer.Dispose();
        buffer.Dispose();
        buffer.Written.Length.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => buffer.Write("x"u8));
    }

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\n\r\n  \nb\ncut", "a\r|b")]
    [InlineData("", "")]
    public void Lines_are_cut_whatever_their_ends(string text, string expected)
    {
        using var reader = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), 100);
        var lines = new List<string>();
        while (reader.Read() is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Written.Span));
            line.Dispose();
        }

        string.Join('|', lines).ShouldBe(expected);
    }

    [Fact]
    public void Strange_method_names_are_escaped()
    {
        using var buffer = new PooledBuffer();
        JsonRpcWriter.WriteRequest(buffer, 1, "a\"b", default);

        EnvelopeParser.Parse(buffer.Written).Envelope!.Method.ShouldBe("a\"b");
    }
}
