using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application;
using McpPlatform.Policy.Application.Declared;
using McpPlatform.Policy.Application.Keys;
using McpPlatform.Policy.Application.Policies;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.Policy.Domain;

namespace McpPlatform.UnitTests.Policy;

/// <summary>The policy service's ports in memory, for one tenant: what a use case reads and leaves behind.</summary>
internal sealed class PolicyWorld : TimeProvider, ITenants, IApiKeys, IPolicySets, IPolicyVersion, IEventOutbox, IBootstrapKey
{
    private readonly TenantContext _tenant = new();
    private long _version = 1;

    public PolicyWorld() => _tenant.Enter(DefaultTenant.Id, "ann");

    public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public PolicyQuotas Quotas { get; set; } = new(3, 5, 3, 2048);

    public List<Tenant> Tenants { get; } = [];

    public List<ApiKey> Keys { get; } = [];

    public List<PolicySet> Sets { get; } = [];

    public List<object> Events { get; } = [];

    public ApiKeyText? Delivered { get; private set; }

    public long Version => _version;

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>Puts a key there without asking anybody.</summary>
    public ApiKey Holds(string[] roles, string[]? scopes = null, DateTimeOffset? expiresAt = null, string subject = "ann")
    {
        var key = ApiKey.Issue(DefaultTenant.Id, ApiKeyText.New(), new KeyTerms("key", subject, roles, scopes ?? [], expiresAt), "test", Now);
        Keys.Add(key);
        return key;
    }

    public PolicySet HasRole(string name, string grants = "[]")
    {
        var set = PolicySet.Write(DefaultTenant.Id, name, null, grants, "test", Now);
        Sets.Add(set);
        return set;
    }

    public Task<Result<CreatedKey>> CreateKey(ApiKey? by, string[] roles, string[]? scopes = null, DateTimeOffset? expiresAt = null, string? subject = null) =>
        new CreateKeyHandler(this, this, this, this, _tenant, Quotas, this)
            .Handle(new CreateKey("new", subject, roles, scopes ?? [], expiresAt, new Granter(by?.Id)), CancellationToken.None);

    public Task<Result> Revoke(Guid id) => new RevokeKeyHandler(this, this, this, _tenant, this).Handle(new RevokeKey(id), CancellationToken.None);

    public Task<Result<PolicySetView>> Create(string name, string grants) =>
        new CreatePolicySetHandler(this, this, this, _tenant, Quotas, this).Handle(new CreatePolicySet(name, null, JsonElement.Parse(grants)), CancellationToken.None);

    public Task<Result<PolicySetView>> Replace(string name, string grants, int? expected = null, string? rename = null) =>
        new ReplacePolicySetHandler(this, this, this, _tenant, Quotas, this)
            .Handle(new ReplacePolicySet(name, rename, null, JsonElement.Parse(grants), expected), CancellationToken.None);

    public Task<Result> Delete(string name, int? expected = null) =>
        new DeletePolicySetHandler(this, this, this, this, _tenant, this).Handle(new DeletePolicySet(name, expected), CancellationToken.None);

    public Task<Result<DeclaredPlan>> Declare(int? maxConcurrency, params DeclaredPolicy[] policies) =>
        new DeclarePoliciesHandler(this, this, this, this, this, _tenant, Quotas, this).Handle(new DeclarePolicies(policies, new DeclaredLimit(maxConcurrency, "mcpplatform.yaml:1")), CancellationToken.None);

    public Task<Result<Page<PolicySetView>>> List(int? limit = null, string? cursor = null) =>
        new ListPolicySetsHandler(this).Handle(new ListPolicySets(limit, cursor), CancellationToken.None);

    public Task<Result<ExplainedDecision>> Explain(ExplainDecision question) =>
        new ExplainDecisionHandler(this, this, this, _tenant, this).Handle(question, CancellationToken.None);

    public Task<Result<TenantView>> Found(string slug) =>
        new CreateTenantHandler(this, this, this, Quotas, this).Handle(new CreateTenant(slug, "Name"), CancellationToken.None);

    public Task<Result> FoundPlatform() => new FoundPlatformHandler(this, this, this, this, this, this).Handle(new FoundPlatform(), CancellationToken.None);

    public Task<Result<PlatformGrant>> Grant(string tenant, ApiKey? by) =>
        new GrantAcrossTenantsHandler(this, this, this, _tenant, this).Handle(new GrantAcrossTenants(tenant, by?.Id), CancellationToken.None);

    Task<Tenant?> ITenants.Find(string idOrSlug, CancellationToken cancellationToken) =>
        Task.FromResult(Tenants.Find(t => t.Id.ToString() == idOrSlug) ?? Tenants.Where(t => t.Slug == idOrSlug).OrderBy(t => t.DeletedAt is not null).FirstOrDefault());

    Task<int> ITenants.Count(CancellationToken cancellationToken) => Task.FromResult(Tenants.Count(t => t.DeletedAt is null));

    Task<IReadOnlyList<Tenant>> ITenants.List(string? afterSlug, int limit, CancellationToken cancellationToken) => Page(Tenants, t => t.Slug, afterSlug, limit);

    void ITenants.Add(Tenant tenant) => Tenants.Add(tenant);

    Task<ApiKey?> IApiKeys.Find(Guid id, CancellationToken cancellationToken) => Task.FromResult(Keys.Find(k => k.Id == id));

    Task<int> IApiKeys.Count(CancellationToken cancellationToken) => Task.FromResult(Keys.Count(k => k.RevokedAt is null));

    Task<bool> IApiKeys.AnyHolds(string role, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Keys.Exists(k => k.State(now) == ApiKeyState.Active && k.Roles.Contains(role)));

    Task<bool> IApiKeys.AnyOtherHolds(string role, Guid but, CancellationToken cancellationToken) =>
        Task.FromResult(Keys.Exists(k => k.Id != but && k is { RevokedAt: null, ExpiresAt: null, Scopes.Count: 0 } && k.Roles.Contains(role)));

    Task<IReadOnlyList<ApiKey>> IApiKeys.List(Guid? after, int limit, bool withRevoked, CancellationToken cancellationToken) =>
        Page(Keys.Where(k => withRevoked || k.RevokedAt is null), k => k.Id.ToString(), after?.ToString(), limit);

    void IApiKeys.Add(ApiKey key) => Keys.Add(key);

    Task<PolicySet?> IPolicySets.Find(string idOrName, CancellationToken cancellationToken) =>
        Task.FromResult(Sets.Find(s => s.Id.ToString() == idOrName) ?? Sets.Where(s => s.Name == idOrName).OrderBy(s => s.DeletedAt is not null).FirstOrDefault());

    Task<IReadOnlyList<PolicySet>> IPolicySets.List(string? afterName, int limit, CancellationToken cancellationToken) =>
        Page(Sets.Where(s => s.DeletedAt is null), s => s.Name, afterName, limit);

    Task<IReadOnlyList<PolicySet>> IPolicySets.Present(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PolicySet>>([.. Sets.Where(s => s.DeletedAt is null)]);

    Task<IReadOnlyList<RoleText>> IPolicySets.Roles(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RoleText>>([.. Sets.Where(s => s.DeletedAt is null).Select(s => new RoleText(s.Name, s.Grants))]);

    void IPolicySets.Add(PolicySet policySet) => Sets.Add(policySet);

    Task<long> IPolicyVersion.Next(CancellationToken cancellationToken) => Task.FromResult(++_version);

    Task<long> IPolicyVersion.Current(CancellationToken cancellationToken) => Task.FromResult(_version);

    void IEventOutbox.Add<TEvent>(TEvent integrationEvent) => Events.Add(integrationEvent);

    Task<ApiKeyText> IBootstrapKey.Obtain(CancellationToken cancellationToken) => Task.FromResult(ApiKeyText.New());

    Task IBootstrapKey.Deliver(ApiKeyText key, CancellationToken cancellationToken)
    {
        Delivered = key;
        return Task.CompletedTask;
    }

    private static Task<IReadOnlyList<T>> Page<T>(IEnumerable<T> all, Func<T, string> key, string? after, int limit) =>
        Task.FromResult<IReadOnlyList<T>>([.. all.OrderBy(key, StringComparer.Ordinal).Where(x => string.CompareOrdinal(key(x), after) > 0).Take(limit)]);
}
