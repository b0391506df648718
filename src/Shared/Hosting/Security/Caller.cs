using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting.Security;

/// <summary>Who sends the current request, as verified by the edge.</summary>
/// <param name="TenantId">The caller's tenant; the only one it sees.</param>
/// <param name="Subject">Whom the key stands for.</param>
/// <param name="KeyId">The key it used; null for a service of the platform.</param>
/// <param name="Permissions">Management permissions as PolicyEngine computed them, such as <c>servers:read</c>.</param>
/// <param name="Service">Name of the calling service on internal endpoints; null for everybody else.</param>
public sealed record Caller(Guid TenantId, string Subject, Guid? KeyId, IReadOnlyList<string> Permissions, string? Service = null)
{
    private readonly PermissionSet _permissions = PermissionSet.Parse(Permissions);

    /// <summary>Whether the caller may do this. Deny outranks allow; nothing is allowed by default.</summary>
    public bool May(string permission) => _permissions.Allows(permission);
}

/// <summary>Access to the caller of a request.</summary>
public static class CallerAccess
{
    /// <summary>The authenticated caller. Throws when the endpoint is open to anonymous requests.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint lets anonymous requests in, so it has no caller.");
}

/// <summary>
/// Verifies API keys. The gateway module implements it over its snapshot; a process without it takes service tokens only. Must not wait for anything.
/// </summary>
public interface IApiKeyAuthenticator
{
    /// <summary>False until the first snapshot: nobody can be authenticated, and callers get 503 instead of 401.</summary>
    bool IsReady { get; }

    /// <summary>The caller that this key stands for, or null when it stands for nobody (unknown, revoked, expired, tenant inactive).</summary>
    Caller? Authenticate(ReadOnlySpan<char> key);
}
