using System.Net;

namespace McpPlatform.Net;

/// <summary>
/// Where a client may connect to. The default lets nothing through but public addresses. Immutable; one policy belongs to one upstream, so that what an
/// administrator allowed for one server helps no other.
/// </summary>
public sealed record EgressPolicy
{
    /// <summary>Public addresses only.</summary>
    public static EgressPolicy PublicOnly { get; } = new();

    /// <summary>An administrator allowed loopback, private and link-local addresses for this target. Metadata addresses stay refused.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Exceptions: a host name lifts the ban on private addresses for that name, an address or a network lifts every ban for
    /// itself; that on metadata services only when it is exactly that address.</summary>
    public IReadOnlyList<EgressRule> Allow { get; init; } = [];

    /// <summary>When not null, hosts that no rule here names are refused whatever they resolve to. Empty refuses every host.</summary>
    public IReadOnlyList<EgressRule>? OnlyTo { get; init; }

    /// <summary>Refuses a host that <see cref="OnlyTo"/> does not name.</summary>
    /// <exception cref="EgressDeniedException">It is not named.</exception>
    public void CheckHost(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (OnlyTo is { } pinned && !pinned.Any(rule => rule.MatchesHost(host, port)))
        {
            throw new EgressDeniedException(host, null, $"only {Listing(pinned)} may be reached, not port {port} of it", "Add the host to the allowed hosts of this upstream.");
        }
    }

    /// <summary>Refuses an address of the host that is not public, unless an exception covers it.</summary>
    /// <exception cref="EgressDeniedException">No exception covers it.</exception>
    public void CheckAddress(string host, int port, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(address);
        var kind = AddressClassifier.Classify(address);
        if (kind == AddressKind.Public || Allow.Any(rule => rule.MatchesAddress(address, port) && (kind != AddressKind.Metadata || rule.IsMetadataAddress)))
        {
            return;
        }

        var mayBeAllowedByName = kind is AddressKind.Loopback or AddressKind.Private or AddressKind.LinkLocal;
        if (mayBeAllowedByName && (AllowPrivate || Allow.Any(rule => rule.MatchesHost(host, port))))
        {
            return;
        }

        throw new EgressDeniedException(host, address, $"the address is {Describe(kind)}", Remedy(kind));
    }

    private static string Listing(IReadOnlyList<EgressRule> rules) => rules.Count == 0 ? "nothing" : string.Join(", ", rules.Take(5));

    private static string Describe(AddressKind kind) => kind switch
    {
        AddressKind.Loopback => "loopback",
        AddressKind.LinkLocal => "link-local",
        AddressKind.Metadata => "a cloud metadata service",
        AddressKind.Private => "private",
        _ => "not one an API can have",
    };

    private static string Remedy(AddressKind kind) => kind switch
    {
        AddressKind.Metadata or AddressKind.Unusable => "Use a public address.",
        _ => "Use a public address, or let an administrator allow private addresses for this target.",
    };
}
