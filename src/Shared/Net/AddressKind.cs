namespace McpPlatform.Net;

/// <summary>What an address is good for, as <see cref="AddressClassifier"/> sees it.</summary>
public enum AddressKind
{
    /// <summary>Reachable through the public internet.</summary>
    Public,

    /// <summary>This machine: 127.0.0.0/8, ::1.</summary>
    Loopback,

    /// <summary>RFC 1918, RFC 6598 (carrier-grade NAT), IPv6 unique and site local, NAT64 for local use.</summary>
    Private,

    /// <summary>169.254.0.0/16 and fe80::/10 without the metadata addresses.</summary>
    LinkLocal,

    /// <summary>An address at which a cloud hands out credentials; allowed by an address rule only, never by name or by <see cref="EgressPolicy.AllowPrivate"/>.</summary>
    Metadata,

    /// <summary>Unspecified, multicast, broadcast, documentation, benchmarking, reserved, Teredo: nothing an API listens on.</summary>
    Unusable,
}
