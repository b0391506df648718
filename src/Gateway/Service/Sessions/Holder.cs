using McpPlatform.Gateway.Endpoints;

namespace McpPlatform.Gateway.Sessions;

/// <summary>
/// Who has something open that outlives a request, a session or a stream, and where. It says who to ask about and holds nothing of the state that decided at the time: hours later that
/// would be an old policy and an old catalog in memory for nothing.
/// </summary>
/// <param name="Credential">The key, by which the caller is found in what rules now.</param>
/// <param name="Server">Slug of the server whose endpoint it is; null on those that show several.</param>
/// <param name="Set">Slug of the tool set whose endpoint it is; null on others.</param>
internal sealed record Holder(Guid TenantId, string Credential, string? Server, string? Set = null)
{
    public static Holder Of(GatewayRequest request) => new(request.Caller.TenantId, request.Credential, request.Server?.Slug, request.Set?.Slug);

    /// <summary>Whether a request has the same key: its tenant and endpoint are those of the session.</summary>
    public bool Is(GatewayRequest request) => request.Credential == Credential;
}
