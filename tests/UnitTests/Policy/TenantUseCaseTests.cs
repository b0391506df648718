using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.Policy.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class TenantUseCaseTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly PolicyWorld _world = new();

    [Fact]
    public async Task The_first_start_founds_the_default_tenant_with_one_admin_key_and_later_ones_nothing()
    {
        await _world.FoundPlatform();
        await _world.FoundPlatform();

        _world.Tenants.Single().Id.ShouldBe(DefaultTenant.Id);
        var key = _world.Keys.Single();
        key.Roles.ShouldBe(["admin"]);
        key.Hash.ShouldBe(_world.Delivered!.Hash);
        _world.Events.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_slug_is_taken_once_and_the_number_of_tenants_is_limited()
    {
        _world.Quotas = _world.Quotas with { MaxTenants = 2 };

        (await _world.Found("acme")).IsSuccess.ShouldBeTrue();
        (await _world.Found("acme")).Error!.Code.ShouldBe("tenants.exists");
        (await _world.Found("globex")).IsSuccess.ShouldBeTrue();
        (await _world.Found("initech")).Error!.Code.ShouldBe("tenants.limit");
    }

    [Fact]
    public void The_default_tenant_stays()
    {
        var tenant = Tenant.Found(DefaultTenant.Id, DefaultTenant.Slug, "Default", s_now);

        tenant.Change("Renamed", isActive: true, maxConcurrency: 5, s_now).IsSuccess.ShouldBeTrue();
        tenant.Change("Renamed", isActive: false, maxConcurrency: null, s_now).Error!.Code.ShouldBe("tenants.default");
        tenant.Delete(s_now).Error!.Code.ShouldBe("tenants.default");
        tenant.IsActive.ShouldBeTrue();
    }

    [Fact]
    public void A_deleted_tenant_is_inactive_and_keeps_its_first_time_of_deletion()
    {
        var tenant = Tenant.Found(Guid.CreateVersion7(), "acme", "Acme", s_now);

        tenant.Delete(s_now.AddHours(1));
        tenant.Delete(s_now.AddHours(2));

        tenant.IsActive.ShouldBeFalse();
        tenant.DeletedAt.ShouldBe(s_now.AddHours(1));
    }

    [Theory]
    [InlineData("acme", "Acme", true)]
    [InlineData("a__b", "Acme", false)]
    [InlineData("Acme", "Acme", false)]
    [InlineData("acme", "", false)]
    [InlineData("acme", "a\u001bb", false)]
    public void A_tenant_is_checked_for_its_form(string slug, string name, bool isValid) =>
        new CreateTenantValidator().Validate(new CreateTenant(slug, name)).IsValid.ShouldBe(isValid);
}
