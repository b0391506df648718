namespace McpPlatform.Mcp.Upstream;

/// <summary>What the owner of a connection does with what belongs to no request of its own.</summary>
public interface IUpstreamPeer
{
    /// <summary>What every session with a legacy server begins with, the first one and those in place of one that was lost: requests whose answers nobody waits for.</summary>
    IReadOnlyList<UpstreamRequest> Opening => [];

    /// <summary>A notification. Called by whoever reads, in order: must be quick; the message is valid during the call.</summary>
    void Notified(Envelope notification);

    /// <summary>
    /// A server's request outside any request's stream. The question is valid until the task ends; the token ends when the server takes it back or the connection closes. The answer is
    /// disposed by the connection.
    /// </summary>
    ValueTask<RpcAnswer> Asked(Envelope question, CancellationToken cancellationToken);
}
