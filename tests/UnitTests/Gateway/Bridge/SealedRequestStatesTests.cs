using System.Text;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Infrastructure.Security;
using McpPlatform.Mcp.AspNetCore;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Bridge;

public sealed class SealedRequestStatesTests
{
    private static readonly StateBinding Alices = new(new Guid(1, 0, 0, new byte[8]), "alice", "files", "tools/call", "delete", "ab");

    private readonly ManualTime _time = new();
    private readonly SessionKeyRing _keys = new(new SessionKey(1, new byte[32]));

    [Theory]
    [InlineData("", "")]
    [InlineData("""{"step":9007199254740993}""", "http://10.0.0.7:8080")]
    [InlineData("\"opaque \\u2028 text\"", "")]
    public void What_was_sealed_is_opened_as_it_was(string upstream, string address)
    {
        var (held, owner) = (Guid.NewGuid(), Guid.NewGuid());

        var opened = States().Open(States().Seal(new RequestState(Encoding.UTF8.GetBytes(upstream), held, owner, address), Alices), Alices)!;

        Encoding.UTF8.GetString(opened.Upstream.Span).ShouldBe(upstream);
        (opened.Held, opened.Owner, opened.Address).ShouldBe((held, owner, address));
    }

    [Fact]
    public void A_state_is_worth_nothing_to_anybody_else_or_for_any_other_request()
    {
        var text = Sealed();
        StateBinding[] others =
        [
            Alices with { TenantId = new Guid(2, 0, 0, new byte[8]) }, Alices with { Subject = "bob" }, Alices with { Server = "mail" }, Alices with { Method = "prompts/get" },
            Alices with { Target = "read" }, Alices with { Arguments = "cd" }, Alices with { Subject = "ali", Server = "cefiles" }, Alices with { Target = "", Arguments = "ab:delete" },
        ];

        others.ShouldAllBe(other => States().Open(text, other) == null);
    }

    [Fact]
    public void A_state_that_was_altered_anywhere_is_not_opened()
    {
        var text = Sealed();
        for (var at = 0; at < text.Length - 1; at++)
        {
            States().Open(string.Concat(text.AsSpan(0, at), text[at] == 'A' ? "B" : "A", text.AsSpan(at + 1)), Alices).ShouldBeNull($"at {at}");
        }

        States().Open(text[..^4], Alices).ShouldBeNull();
        States().Open(text + "AAAA", Alices).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("not base64url!")]
    public void Text_that_never_was_a_state_is_not_opened(string text) => States().Open(text, Alices).ShouldBeNull();

    [Fact]
    public void A_state_lives_as_long_as_a_client_may_take_for_a_round()
    {
        var text = Sealed();

        _time.Advance(TimeSpan.FromMinutes(1));
        States().Open(text, Alices).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        States().Open(text, Alices).ShouldBeNull();
    }

    [Fact]
    public void Two_states_of_the_same_call_have_nothing_in_common_that_can_be_read() => Sealed()[4..].ShouldNotBe(Sealed()[4..]);

    private string Sealed() => States().Seal(new RequestState("{}"u8.ToArray()), Alices);

    private SealedRequestStates States() => new(_keys, TimeSpan.FromMinutes(1), _time);
}
