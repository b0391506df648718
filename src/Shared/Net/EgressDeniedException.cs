using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace McpPlatform.Net;

/// <summary>
/// A connection was refused by an <see cref="EgressPolicy"/> before a packet left. <see cref="HttpClient"/> hands it on inside an
/// <see cref="HttpRequestException"/>: look for it with <see cref="TryFind"/>. Retrying never helps; <see cref="Fix"/> says what does.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A refusal without host, reason and fix says nothing.")]
public sealed class EgressDeniedException(string host, IPAddress? address, string reason, string fix)
    : Exception(address is null ? $"'{host}' is refused: {reason}. {fix}" : $"'{host}' ({address}) is refused: {reason}. {fix}")
{
    /// <summary>The host as it stood in the address, never resolved.</summary>
    public string Host { get; } = host;

    /// <summary>The first resolved address that broke the policy; null when the host itself did.</summary>
    public IPAddress? Address { get; } = address;

    /// <summary>Why, as the end of a sentence: "the address is loopback".</summary>
    public string Reason { get; } = reason;

    /// <summary>What an administrator can do about it, as a sentence.</summary>
    public string Fix { get; } = fix;

    /// <summary>Finds the refusal in what <see cref="HttpClient"/> threw, at any depth.</summary>
    public static bool TryFind(Exception? thrown, [NotNullWhen(true)] out EgressDeniedException? denied)
    {
        for (var current = thrown; current is not null; current = current.InnerException)
        {
            if (current is EgressDeniedException found)
            {
                denied = found;
                return true;
            }
        }

        denied = null;
        return false;
    }
}
