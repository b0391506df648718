using System.Security.Cryptography;
using System.Text;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class ApiKeyTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_key_has_the_documented_form_and_is_never_the_same()
    {
        var key = ApiKeyText.New();

        key.Reveal().ShouldMatch("^mcpp_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$");
        key.Reveal().ShouldStartWith(key.Prefix);
        key.Reveal().ShouldEndWith(key.LastFour);
        key.Hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key.Reveal()))));
        ApiKeyText.New().Reveal().ShouldNotBe(key.Reveal());
    }

    [Fact]
    public void A_key_cannot_be_formatted_by_accident() => $"{ApiKeyText.New()}".ShouldMatch(@"^mcpp_[0-9a-f]{8}_\*\*\*$");

    [Theory]
    [InlineData("")]
    [InlineData("mcpp_0123abcd_short")]
    [InlineData("mcpp_0123ABCD_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("xxxx_0123abcd_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("mcpp_0123abcd_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+/")]
    public void What_has_another_form_is_no_key(string text) => ApiKeyText.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_key_that_was_made_elsewhere_is_read_back()
    {
        var key = ApiKeyText.New();

        ApiKeyText.TryParse(key.Reveal(), out var read).ShouldBeTrue();
        read!.Hash.ShouldBe(key.Hash);
    }

    [Fact]
    public void A_key_expires_at_its_very_moment()
    {
        var key = Issue(s_now.AddHours(1));

        key.State(s_now.AddHours(1).AddTicks(-1)).ShouldBe(ApiKeyState.Active);
        key.State(s_now.AddHours(1)).ShouldBe(ApiKeyState.Expired);
    }

    [Fact]
    public void Revoking_twice_is_once()
    {
        var key = Issue(null);

        key.Revoke("ann", s_now).ShouldBeTrue();
        key.Revoke("bob", s_now.AddHours(1)).ShouldBeFalse();

        key.State(s_now).ShouldBe(ApiKeyState.Revoked);
        key.RevokedBy.ShouldBe("ann");
        key.RevokedAt.ShouldBe(s_now);
    }

    [Fact]
    public void Times_are_kept_in_utc_and_long_actors_cut()
    {
        var key = ApiKey.Issue(DefaultTenant.Id, ApiKeyText.New(), new KeyTerms("k", "s", ["a", "a"], [], s_now.ToOffset(TimeSpan.FromHours(2))), new string('x', 500), s_now);

        key.ExpiresAt!.Value.Offset.ShouldBe(TimeSpan.Zero);
        key.CreatedBy.Length.ShouldBe(Actor.MaxLength);
        key.Roles.ShouldBe(["a"]);
    }

    private static ApiKey Issue(DateTimeOffset? expiresAt) => ApiKey.Issue(DefaultTenant.Id, ApiKeyText.New(), new KeyTerms("k", "s", ["admin"], [], expiresAt), "test", s_now);
}
