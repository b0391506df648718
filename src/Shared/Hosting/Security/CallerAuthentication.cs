using System.Security.Claims;
using System.Text.Encodings.Web;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Security;

/// <summary>
/// Authenticates by API key, or on the internal listener by service token, in <c>Authorization: Bearer</c> or <c>X-Api-Key</c>; both at once with different
/// values is refused. Enters the caller's tenant for the rest of the request. There is no default caller: whatever is not verified is nobody.
/// </summary>
internal sealed class CallerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ServiceTokens tokens,
    InternalPort listener,
    TenantContext tenant) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "mcpp";

    private bool _notReady;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Credentials.Of(Request.Headers) is not { } credential)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var caller = Verify(credential);
        if (caller is null)
        {
            return Task.FromResult(AuthenticateResult.Fail("The credential is not valid."));
        }

        Context.Features.Set(caller);
        if (caller.TenantId != Guid.Empty)
        {
            tenant.Enter(caller.TenantId, caller.Subject, RequestIds.Of(Context));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Subject)], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_notReady)
        {
            return Context.WriteError(Error.Unavailable("not_ready", "No policy snapshot yet: nobody can be authenticated. See /health, and try again in a moment."));
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return Context.WriteError(new Error(
            ErrorKind.Unauthenticated,
            "unauthenticated",
            "Send a valid API key as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'. It may be missing, unknown, expired or revoked."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var endpoint = Context.GetEndpoint();
        return Context.WriteError(EndpointAuthorization.IsElsewhere(endpoint, Context.Features.Get<Caller>())
            ? Error.Forbidden("tenants.platform_only", "Only keys of the default tenant administer tenants.")
            : Error.Forbidden(
                "forbidden",
                endpoint?.Metadata.GetMetadata<PermissionMetadata>() is { } needed
                    ? $"This key lacks the permission {needed.Permission}. Ask an admin for a role that grants it."
                    : "This key may not do this."));
    }

    private Caller? Verify(string credential)
    {
        if (credential.StartsWith(ServiceTokens.Prefix, StringComparison.Ordinal))
        {
            // Whoever is outside has no business with one, not even a valid one.
            return listener.Took(Context) ? tokens.Verify(credential) : null;
        }

        if (Context.RequestServices.GetService<IApiKeyAuthenticator>() is not { } keys)
        {
            return null;
        }

        _notReady = !keys.IsReady;
        return keys.Authenticate(credential);
    }
}
