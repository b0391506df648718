using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace McpPlatform.Net;

/// <summary>
/// Sorts an address by the registries of IANA (RFC 6890 and its updates). An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4,
/// ISATAP) counts as the IPv4 address: that is where the packet ends up.
/// </summary>
public static class AddressClassifier
{
    private static readonly FrozenSet<IPAddress> MetadataAddresses = new[]
    {
        "169.254.169.254", // AWS, Azure, GCP, Oracle, DigitalOcean
        "169.254.170.2", // AWS ECS
        "169.254.170.23", // AWS EKS pod identity
        "169.254.169.123", // AWS time
        "169.254.42.42", // Scaleway
        "168.63.129.16", // Azure wire server
        "100.100.100.200", // Alibaba
        "192.0.0.192", // Oracle classic
        "fd00:ec2::254", // AWS IMDS
        "fd00:ec2::23", // AWS EKS pod identity
        "fd20:ce::254", // GCP
    }.Select(IPAddress.Parse).ToFrozenSet();

    private static readonly (IPNetwork Network, AddressKind Kind)[] V4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), AddressKind.Unusable),
        (IPNetwork.Parse("10.0.0.0/8"), AddressKind.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressKind.Private),
        (IPNetwork.Parse("127.0.0.0/8"), AddressKind.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), AddressKind.LinkLocal),
        (IPNetwork.Parse("172.16.0.0/12"), AddressKind.Private),
        (IPNetwork.Parse("192.0.0.0/24"), AddressKind.Unusable),
        (IPNetwork.Parse("192.0.2.0/24"), AddressKind.Unusable),
        (IPNetwork.Parse("192.88.99.0/24"), AddressKind.Unusable),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKind.Private),
        (IPNetwork.Parse("198.18.0.0/15"), AddressKind.Unusable),
        (IPNetwork.Parse("198.51.100.0/24"), AddressKind.Unusable),
        (IPNetwork.Parse("203.0.113.0/24"), AddressKind.Unusable),
        (IPNetwork.Parse("224.0.0.0/3"), AddressKind.Unusable),
    ];

    private static readonly (IPNetwork Network, AddressKind Kind)[] V6 =
    [
        (IPNetwork.Parse("::/128"), AddressKind.Unusable),
        (IPNetwork.Parse("::1/128"), AddressKind.Loopback),
        (IPNetwork.Parse("64:ff9b:1::/48"), AddressKind.Private),
        (IPNetwork.Parse("100::/64"), AddressKind.Unusable),
        (IPNetwork.Parse("2001::/32"), AddressKind.Unusable),
        (IPNetwork.Parse("2001:2::/48"), AddressKind.Unusable),
        (IPNetwork.Parse("2001:db8::/32"), AddressKind.Unusable),
        (IPNetwork.Parse("3fff::/20"), AddressKind.Unusable),
        (IPNetwork.Parse("5f00::/16"), AddressKind.Unusable),
        (IPNetwork.Parse("fc00::/7"), AddressKind.Private),
        (IPNetwork.Parse("fe80::/10"), AddressKind.LinkLocal),
        (IPNetwork.Parse("fec0::/10"), AddressKind.Private),
        (IPNetwork.Parse("ff00::/8"), AddressKind.Unusable),
    ];

    /// <summary>The kind of the address, of the IPv4 address inside it where there is one.</summary>
    public static AddressKind Classify(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var inner = Unwrap(address);
        if (MetadataAddresses.Contains(inner))
        {
            return AddressKind.Metadata;
        }

        foreach (var (network, kind) in inner.AddressFamily == AddressFamily.InterNetwork ? V4 : V6)
        {
            if (network.Contains(inner))
            {
                return kind;
            }
        }

        return AddressKind.Public;
    }

    /// <summary>The IPv4 address a packet to <paramref name="address"/> ends up at, else the address itself without its scope.</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var middle = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        var low = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        var endsInV4 =
            (high == 0 && middle == 0x0000_FFFF) // mapped, RFC 4291 §2.5.5.2
            || (high == 0 && middle == 0xFFFF_0000) // translated, RFC 2765
            || (high == 0 && middle == 0 && low > 1) // compatible, RFC 4291 §2.5.5.1; :: and ::1 are themselves
            || (high == 0x0064_FF9B_0000_0000 && middle == 0) // NAT64, RFC 6052
            || (middle & 0xFCFF_FFFF) == 0x0000_5EFE; // ISATAP, RFC 5214
        if (endsInV4)
        {
            return new IPAddress(bytes[12..]);
        }

        if (bytes[0] == 0x20 && bytes[1] == 0x02)
        {
            return new IPAddress(bytes[2..6]); // 6to4, RFC 3056
        }

        return address.ScopeId == 0 ? address : new IPAddress(bytes);
    }
}
