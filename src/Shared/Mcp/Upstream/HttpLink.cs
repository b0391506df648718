using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>What a handshake over HTTP came to: what is known of the server, and the session with it, if any.</summary>
internal sealed record HttpLink(UpstreamHandshake Handshake, string? SessionId)
{
    /// <summary>Of the session.</summary>
    public SessionLevel Level { get; } = new();

    /// <summary>Whether the server ever opened a standalone stream in the session.</summary>
    public bool HadStream { get; set; }

    /// <summary>Before the handshake: a link on which a revision is tried.</summary>
    public static HttpLink Try(ProtocolVersion version) => new(new UpstreamHandshake(version, default, default, null), null);

    /// <summary>Adds the headers of the era: revision, session, and for a modern request the mirrored ones.</summary>
    public void Stamp(HttpRequestMessage http, UpstreamRequest? request = null)
    {
        var version = Handshake.Version;
        if (version != ProtocolVersion.November2024 && version != ProtocolVersion.March2025)
        {
            http.Headers.TryAddWithoutValidation(McpHeaders.ProtocolVersion, version.Text);
        }

        if (SessionId is not null)
        {
            http.Headers.TryAddWithoutValidation(McpHeaders.SessionId, SessionId);
        }

        if (request is null || !version.IsModern)
        {
            return;
        }

        http.Headers.TryAddWithoutValidation(McpHeaders.Method, request.Method);
        if (McpMethods.MirroredParam(request.Method) is { } member && !request.Params.IsEmpty
            && JsonMembers.Text(JsonMembers.Find(request.Params, Encoding.UTF8.GetBytes(member))) is { } value)
        {
            http.Headers.TryAddWithoutValidation(McpHeaders.Name, McpHeaders.Encode(value));
        }

        HttpPost.With(http, request.Headers);
    }
}

/// <summary>The server does not know the session any more. Caught by the connection, which opens a new one; never seen outside.</summary>
internal sealed class SessionLostException(HttpLink link) : Exception
{
    public HttpLink Link => link;
}
