using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class HarmlessTextTests
{
    private static readonly KnownSecrets Secrets = new(["planted-secret-1"]);

    [Theory]
    [InlineData("plain\n\twords ü", "plain\n\twords ü")]
    [InlineData("a\u001b[2Jb\rc\u0007\u009b\u202Ed", "a\uFFFD[2Jb\uFFFDc\uFFFD\uFFFD\uFFFDd")]
    [InlineData("with planted-secret-1.", "with ***.")]
    [InlineData("planted-\u0000secret-1", "planted-\uFFFDsecret-1")]
    [InlineData("Authorization: Bearer abcdefghijkl", "Authorization: ***")]
    [InlineData("", "")]
    public void Secrets_are_taken_out_and_steering_characters_are_shown_as_what_they_are(string said, string shown) =>
        HarmlessText.Of(new StderrTail(said, false), Secrets).ShouldBe(shown);

    [Theory]
    [InlineData("secret-1 is the end of one\nnext", "next")]
    [InlineData("no end of a line", "")]
    public void What_was_cut_at_its_beginning_loses_its_first_line_which_may_be_the_rest_of_a_secret(string said, string shown) =>
        HarmlessText.Of(new StderrTail(said, true), Secrets).ShouldBe(shown);
}
