using System.Runtime.CompilerServices;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Security;

namespace McpPlatform.Gateway.Infrastructure.Security;

/// <summary>Authenticates the management API's callers by the policy snapshot.</summary>
internal sealed class SnapshotAuthenticator(GatewayStateStore store, TimeProvider time) : IApiKeyAuthenticator
{
    /// <summary>1 s: rules can depend on the time of day, and a console asks many things at once.</summary>
    private static readonly TimeSpan KeepPermissions = TimeSpan.FromSeconds(1);

    private readonly ConditionalWeakTable<State.Caller, Known> _known = [];

    public bool IsReady => store.Current.Policy.Version >= 0;

    public Hosting.Security.Caller? Authenticate(ReadOnlySpan<char> key)
    {
        if (ApiKeys.Authenticate(store.Current, key, time, out var caller) != AuthenticationOutcome.Authenticated)
        {
            return null;
        }

        if (_known.TryGetValue(caller!, out var known) && time.GetElapsedTime(known.At) < KeepPermissions)
        {
            return known.Caller;
        }

        var permissions = caller!.Policy.ManagementPermissions(caller.Principal, time.GetUtcNow());
        known = new Known(new Hosting.Security.Caller(caller.TenantId, caller.Subject, caller.KeyId, permissions), time.GetTimestamp());
        _known.AddOrUpdate(caller, known);
        return known.Caller;
    }

    private sealed record Known(Hosting.Security.Caller Caller, long At);
}
