using System.Buffers;
using System.Text;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.SharedResults;

public sealed class RespTests
{
    [Fact]
    public void Commands_are_arrays_of_strings_with_their_lengths()
    {
        var to = new ArrayBufferWriter<byte>();
        Resp.Write(to, "SET"u8.ToArray(), "k"u8.ToArray(), "a\r\nb"u8.ToArray());

        Encoding.ASCII.GetString(to.WrittenSpan).ShouldBe("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
    }

    [Fact]
    public void Replies_of_each_kind_are_read_one_after_the_other_wherever_they_are_cut()
    {
        var all = "+OK\r\n-ERR no\r\n:-42\r\n$4\r\na\r\nb\r\n$-1\r\n$0\r\n\r\n"u8.ToArray();

        for (var cut = 0; cut <= all.Length; cut++)
        {
            var (buffer, replies) = (new ReadOnlySequence<byte>(all.AsMemory(0, cut)), new List<Reply>());
            while (Resp.TryRead(ref buffer, 100, out var reply))
            {
                replies.Add(reply);
            }

            buffer = new ReadOnlySequence<byte>(all.AsMemory(cut - (int)buffer.Length));
            while (Resp.TryRead(ref buffer, 100, out var reply))
            {
                replies.Add(reply);
            }

            replies.Select(r => r.Text ?? r.Error ?? r.Number?.ToString() ?? (r.Bytes is { } bytes ? $"'{Encoding.ASCII.GetString(bytes)}'" : "nothing"))
                .ShouldBe(["OK", "ERR no", "-42", "'a\r\nb'", "nothing", "''"], $"cut at {cut}");
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n"), InlineData("*2\r\n"), InlineData("$101\r\n"), InlineData("$x\r\n"), InlineData(":1.5\r\n"), InlineData("$99999999999999999999\r\n"), InlineData("\r\n")]
    public void What_is_no_reply_or_larger_than_asked_for_is_refused(string text) => Refused(Encoding.ASCII.GetBytes(text));

    [Fact]
    public void A_line_that_does_not_end_is_refused() => Refused([.. Enumerable.Repeat((byte)'+', 600)]);

    [Theory]
    [InlineData("redis://h", "h", 6379, null, null, 0), InlineData("redis://u:p%40%3F@h:7/3", "h", 7, "u", "p@?", 3), InlineData("rediss://:p@[::1]:6380", "::1", 6380, null, "p", 0)]
    public void Addresses_name_host_port_user_password_and_database(string text, string host, int port, string? user, string? password, int database)
    {
        var address = RedisAddress.Parse(text);

        address.ShouldBe(new RedisAddress(host, port, text.StartsWith("rediss"), user, password, database));
        (password is not null && address.ToString().Contains(password)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://h"), InlineData("h:6379"), InlineData("redis://"), InlineData("redis://h/x"), InlineData("redis://u:secret@h?x=1"), InlineData("file:/no/such/file"), InlineData("redis://u:secret@h:99999")]
    public void What_is_no_address_is_refused_without_being_shown(string text) =>
        Should.Throw<FormatException>(() => RedisAddress.Parse(text)).Message.ShouldNotContain("secret");

    private static void Refused(byte[] bytes) => Should.Throw<InvalidDataException>(() =>
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        Resp.TryRead(ref buffer, 100, out _);
    });
}
