namespace McpPlatform.Gateway.Bridge;

/// <summary>What a client carries from one round of a request to the next (<c>requestState</c>): worth nothing to anybody else, for another request, or later.</summary>
/// <param name="Upstream">The server's own state, raw JSON; empty when it has none.</param>
/// <param name="Held">The call that waits for the answers; <see cref="Guid.Empty"/> when none does.</param>
/// <param name="Owner">The process in which it waits.</param>
/// <param name="Address">How other replicas reach that; empty when they cannot.</param>
public sealed record RequestState(ReadOnlyMemory<byte> Upstream, Guid Held = default, Guid Owner = default, string Address = "");

/// <summary>What a state is bound to.</summary>
/// <param name="Server">Slug.</param>
/// <param name="Target">The server's own name of what is asked for.</param>
/// <param name="Arguments">Digest of the arguments; empty when there are none. What was said to one request must not count for another.</param>
public readonly record struct StateBinding(Guid TenantId, string Subject, string Server, string Method, string Target, string Arguments);

/// <summary>Seals states and opens them.</summary>
public interface IRequestStates
{
    /// <summary>How long a client may take for a round.</summary>
    TimeSpan Lifetime { get; }

    /// <summary>Visible ASCII that says nothing to anybody without the keys.</summary>
    string Seal(RequestState state, in StateBinding binding);

    /// <summary>Null for what was not sealed by these keys, for this binding, within <see cref="Lifetime"/>: one answer for all, so that nothing can be learnt.</summary>
    RequestState? Open(string text, in StateBinding binding);
}
