using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Authentication;

/// <summary>What came of a credential.</summary>
public enum AuthenticationOutcome
{
    /// <summary>Known, not expired, of an active tenant.</summary>
    Authenticated,

    /// <summary>None was sent.</summary>
    Missing,

    /// <summary>Not valid. Clients are not told whether it is unknown, expired or of an inactive tenant.</summary>
    Invalid,

    /// <summary>There is no policy snapshot yet: nobody can be known.</summary>
    NotReady,
}

/// <summary>Turns an API key into a caller, by what the current state says.</summary>
public static class ApiKeys
{
    /// <summary>What every key of the platform starts with.</summary>
    public const string Prefix = "mcpp_";

    /// <summary>Keys have 57 characters; anything longer is not hashed.</summary>
    private const int MaxLength = 256;

    /// <summary>Whether a credential is one of a caller, and of whom.</summary>
    public static AuthenticationOutcome Authenticate(GatewayState state, ReadOnlySpan<char> credential, TimeProvider time, out Caller? caller)
    {
        caller = null;
        if (state.Policy.Version < 0)
        {
            return AuthenticationOutcome.NotReady;
        }

        if (credential.IsEmpty)
        {
            return AuthenticationOutcome.Missing;
        }

        if (credential.Length > MaxLength || !credential.StartsWith(Prefix, StringComparison.Ordinal)
            || !state.Policy.Keys.TryGetValue(KeyHash.Of(credential), out var found)
            || !found.IsTenantActive
            || (found.ExpiresAt is { } expiry && expiry <= time.GetUtcNow()))
        {
            return AuthenticationOutcome.Invalid;
        }

        caller = found;
        return AuthenticationOutcome.Authenticated;
    }
}
