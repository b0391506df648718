namespace McpPlatform.Gateway.Telemetry;

/// <summary>What a call is at. At every moment it is at exactly one of these, so that their times add up to that of the call.</summary>
public enum CallStage
{
    /// <summary>Its head, its body (and the wait for it, when the client sends slowly), its message and the protocol's rules.</summary>
    Parse,

    /// <summary>Whose key it is, and the key's rate.</summary>
    Authenticate,

    /// <summary>What is meant, what the policy says, and the rates of tool and server.</summary>
    Decide,

    /// <summary>For a place at the server and in the tenant.</summary>
    Queue,

    /// <summary>Connection, request, answer, attempts and the pauses between them; what the server asks the client meanwhile as well.</summary>
    Upstream,

    /// <summary>Checks of the answer, and secrets taken out of it.</summary>
    Shape,

    /// <summary>The call's record, redacted, to the disk.</summary>
    Record,

    /// <summary>The answer's message, to the socket.</summary>
    Write,
}

/// <summary>How stages are spelled: in metrics.</summary>
internal static class CallStages
{
    public const int Count = 8;

    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<CallStage>().Select(name => name.ToLowerInvariant())];
}
