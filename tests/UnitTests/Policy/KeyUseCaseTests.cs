using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Keys;
using McpPlatform.Policy.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class KeyUseCaseTests
{
    private const string AllowTools = """[{"id":"a","effect":"allow","actions":["tools:*"],"resources":["*"]}]""";
    private const string DenyDeletes = """[{"id":"d","effect":"deny","actions":["tools:*"],"resources":["tool:*/delete_*"]}]""";

    private readonly PolicyWorld _world = new();

    [Fact]
    public async Task An_admin_makes_a_key_that_is_stored_by_hash_only()
    {
        var created = (await _world.CreateKey(_world.Holds(["admin"]), ["viewer"])).Value;

        ApiKeyText.TryParse(created.Key, out var text).ShouldBeTrue();
        var stored = _world.Keys[^1];
        stored.Hash.ShouldBe(text!.Hash);
        stored.Subject.ShouldBe("new");
        created.Details.Last4.ShouldBe(created.Key[^4..]);
        typeof(ApiKey).GetProperties().Select(p => p.GetValue(stored) as string).ShouldNotContain(created.Key);
        _world.Events.OfType<PolicyPublished>().Single().Version.ShouldBe(_world.Version);
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_unprocessable()
    {
        var error = (await _world.CreateKey(_world.Holds(["admin"]), ["viewer", "nope"])).Error;

        error!.Code.ShouldBe("keys.unknown_role");
        error.Kind.ShouldBe(ErrorKind.Unprocessable);
        _world.Keys.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_makes_a_key_wider_than_their_own()
    {
        _world.HasRole("tools", AllowTools);
        _world.HasRole("careful", DenyDeletes);
        var developer = _world.Holds(["tools", "careful"], ["tools:*"]);

        await Refused(_world.CreateKey(developer, ["admin"], ["tools:*"]));
        await Refused(_world.CreateKey(developer, ["tools"], ["tools:*"]));
        await Refused(_world.CreateKey(developer, ["tools", "careful"]));
        (await _world.CreateKey(developer, ["tools", "careful"], ["tools:call"])).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_makes_a_key_that_outlives_their_own()
    {
        var admin = _world.Holds(["admin"], expiresAt: _world.Now.AddDays(1));

        await Refused(_world.CreateKey(admin, ["viewer"]));
        await Refused(_world.CreateKey(admin, ["viewer"], expiresAt: _world.Now.AddDays(2)));
        (await _world.CreateKey(admin, ["viewer"], expiresAt: _world.Now.AddDays(1))).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_has_no_active_key_makes_none()
    {
        var revoked = _world.Holds(["admin"]);
        revoked.Revoke("test", _world.Now);

        await Refused(_world.CreateKey(null, ["viewer"]));
        await Refused(_world.CreateKey(revoked, ["viewer"]));
        await Refused(_world.CreateKey(_world.Holds(["admin"], expiresAt: _world.Now), ["viewer"], expiresAt: _world.Now));
    }

    [Fact]
    public async Task A_tenant_has_a_limited_number_of_keys()
    {
        _world.Quotas = _world.Quotas with { MaxKeysPerTenant = 2 };
        var admin = _world.Holds(["admin"]);
        var second = (await _world.CreateKey(admin, ["viewer"])).Value;

        (await _world.CreateKey(admin, ["viewer"])).Error!.Code.ShouldBe("keys.limit");
        await _world.Revoke(second.Details.Id);
        (await _world.CreateKey(admin, ["viewer"])).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task The_platforms_last_admin_key_cannot_be_revoked()
    {
        var last = _world.Holds(["admin"]);
        _world.Holds(["admin"], ["tools:*"]);
        _world.Holds(["admin"], expiresAt: _world.Now.AddDays(1));

        (await _world.Revoke(last.Id)).Error!.Code.ShouldBe("keys.last_admin");
        _world.Holds(["admin"]);
        (await _world.Revoke(last.Id)).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Revoking_is_announced_once_however_often_it_is_asked()
    {
        var key = _world.Holds(["viewer"]);

        (await _world.Revoke(key.Id)).IsSuccess.ShouldBeTrue();
        (await _world.Revoke(key.Id)).IsSuccess.ShouldBeTrue();

        var revoked = _world.Events.OfType<KeyRevoked>().Single();
        revoked.KeyId.ShouldBe(key.Id);
        revoked.TenantId.ShouldBe(DefaultTenant.Id);
    }

    [Fact]
    public async Task A_key_that_is_not_there_cannot_be_revoked() => (await _world.Revoke(Guid.NewGuid())).Error!.Kind.ShouldBe(ErrorKind.NotFound);

    [Fact]
    public async Task Only_an_unrestricted_admin_makes_keys_for_other_tenants()
    {
        _world.HasRole("careful", DenyDeletes);
        await _world.FoundPlatform();
        var other = (await _world.Found("acme")).Value;

        (await _world.Grant("acme", _world.Holds(["admin"]))).Value.ShouldBe(new PlatformGrant(other.Id, null));
        (await _world.Grant("acme", _world.Holds(["admin", "careful"]))).Error!.Code.ShouldBe("keys.escalation");
        (await _world.Grant("acme", _world.Holds(["admin"], ["tenants:*"]))).Error!.Code.ShouldBe("keys.escalation");
        (await _world.Grant("acme", null)).Error!.Code.ShouldBe("keys.escalation");
        (await _world.Grant("nobody", _world.Holds(["admin"]))).Error!.Kind.ShouldBe(ErrorKind.NotFound);
    }

    [Fact]
    public void A_request_for_a_key_is_checked_for_its_form()
    {
        var validator = new CreateKeyValidator(_world);
        CreateKey Valid() => new("ci", null, ["admin"], ["tools:*"], _world.Now.AddDays(1), new Granter(null));

        validator.Validate(Valid()).IsValid.ShouldBeTrue();
        Fails(Valid() with { Name = " " }, "Name");
        Fails(Valid() with { Name = "a\0b" }, "Name");
        Fails(Valid() with { Name = new string('x', ApiKey.MaxNameLength + 1) }, "Name");
        Fails(Valid() with { Subject = new string('x', ApiKey.MaxSubjectLength + 1) }, "Subject");
        Fails(Valid() with { Roles = [] }, "Roles");
        Fails(Valid() with { Roles = ["../x"] }, "Roles");
        Fails(Valid() with { Roles = [null!] }, "Roles");
        Fails(Valid() with { Scopes = [null!] }, "Scopes");
        Fails(Valid() with { Roles = [.. Enumerable.Range(0, 33).Select(i => $"r{i}")] }, "Roles");
        Fails(Valid() with { Scopes = ["everything"] }, "Scopes");
        Fails(Valid() with { Scopes = [.. Enumerable.Repeat("*", 65)] }, "Scopes");
        Fails(Valid() with { ExpiresAt = _world.Now }, "ExpiresAt");

        void Fails(CreateKey request, string field) => validator.Validate(request).Errors.ShouldContain(e => e.PropertyName == field);
    }

    private static async Task Refused(Task<Result<CreatedKey>> attempt)
    {
        var error = (await attempt).Error;
        error!.Code.ShouldBe("keys.escalation");
        error.Kind.ShouldBe(ErrorKind.Forbidden);
    }
}
