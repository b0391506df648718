using System.Security.Cryptography;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class SecretProtectorTests
{
    private static readonly SecretPlace Place = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "header:authorization");
    private readonly SecretProtector _protector = With(1);

    [Fact]
    public void A_secret_comes_back_from_its_place() => _protector.Unprotect(Protect("s3cret ü"), Place).Reveal().ShouldBe("s3cret ü");

    [Fact]
    public void The_same_secret_never_looks_the_same() => Protect("s3cret").ShouldNotBe(Protect("s3cret"));

    [Fact]
    public void The_ciphertext_does_not_hold_the_secret() => Protect("s3cret").ShouldNotContain("s3cret");

    [Fact]
    public void Moved_to_another_tenant_record_or_field_it_does_not_decrypt()
    {
        var ciphertext = Protect("s3cret");

        foreach (var elsewhere in (SecretPlace[])[Place with { TenantId = Guid.NewGuid() }, Place with { Record = Guid.NewGuid() }, Place with { Field = "header:cookie" }])
        {
            Should.Throw<SecretUnreadableException>(() => _protector.Unprotect(ciphertext, elsewhere)).Message.ShouldNotContain("s3cret");
        }
    }

    [Fact]
    public void Any_altered_character_is_noticed()
    {
        var ciphertext = Protect("s3cret");

        for (var i = 0; i < ciphertext.Length; i += 7)
        {
            var altered = ciphertext[..i] + (ciphertext[i] == 'A' ? 'B' : 'A') + ciphertext[(i + 1)..];
            Should.Throw<SecretUnreadableException>(() => _protector.Unprotect(altered, Place));
        }
    }

    [Fact]
    public void Another_master_key_is_named_as_the_reason() =>
        Should.Throw<SecretUnreadableException>(() => With(2).Unprotect(Protect("s3cret"), Place)).Message.ShouldContain("master key");

    [Fact]
    public void A_secret_in_memory_cannot_be_formatted() => $"{new SecretText("s3cret")}".ShouldBe("***");

    private static SecretProtector With(byte seed) => new(new PlatformKeys { Internal = "", Master = SHA256.HashData([seed]) });

    private string Protect(string text) => _protector.Protect(new SecretText(text), Place);
}
