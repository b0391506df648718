using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace McpPlatform.Net;

/// <summary>
/// One destination: a host name (<c>api.example.com</c>, <c>*.example.com</c>), an address or a network (<c>10.1.0.0/16</c>, <c>[fd00::]/8</c>), each with an
/// optional <c>:port</c>. Names compare without case and without a final dot; a wildcard stands for one or more labels, never for the bare domain.
/// </summary>
public sealed class EgressRule
{
    private readonly string text;
    private readonly string? name;
    private readonly IPNetwork? network;
    private readonly int? port;

    private EgressRule(string text, string? name, IPNetwork? network, int? port) =>
        (this.text, this.name, this.network, this.port) = (text, name, network, port);

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It is neither a host nor an address nor a network, or its port is not 1 to 65535.</exception>
    public static EgressRule Parse(string text) =>
        TryParse(text, out var rule) ? rule : throw new FormatException($"'{text}' is not host[:port], address[:port] or network/length[:port].");

    /// <summary>Reads a rule; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EgressRule? rule)
    {
        rule = null;
        if (string.IsNullOrWhiteSpace(text) || !TrySplitPort(text, out var host, out var port))
        {
            return false;
        }

        if (TryNetwork(host, out var network))
        {
            rule = new EgressRule(text, null, network, port);
            return true;
        }

        var name = Normalise(host);
        var bare = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        if (bare.Length == 0 || Uri.CheckHostName(bare) != UriHostNameType.Dns)
        {
            return false;
        }

        rule = new EgressRule(text, name, null, port);
        return true;
    }

    /// <summary>Whether the rule names this host and port. Networks match only hosts that are addresses themselves.</summary>
    public bool MatchesHost(string host, int port)
    {
        if (this.port is { } only && only != port)
        {
            return false;
        }

        var asked = Normalise(host);
        if (name is null)
        {
            return IPAddress.TryParse(asked.Trim('[', ']'), out var literal) && Covers(literal);
        }

        return name.StartsWith("*.", StringComparison.Ordinal) ? asked.EndsWith(name[1..], StringComparison.Ordinal) && asked.Length > name.Length - 1 : asked == name;
    }

    /// <summary>Whether the rule is a network that holds this address (or the IPv4 address inside it), at this port.</summary>
    public bool MatchesAddress(IPAddress address, int port) => (this.port is not { } only || only == port) && Covers(address);

    /// <summary>Whether the rule is exactly one address of a cloud's metadata service: the only kind of rule that lifts the ban on it.</summary>
    public bool IsMetadataAddress =>
        network is { } range && range.PrefixLength == (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) && AddressClassifier.Classify(range.BaseAddress) == AddressKind.Metadata;

    /// <summary>The rule as it was written.</summary>
    public override string ToString() => text;

    private bool Covers(IPAddress address) => network is { } range && range.Contains(AddressClassifier.Unwrap(address));

    private static string Normalise(string host) => host.TrimEnd('.').ToLowerInvariant();

    private static bool TrySplitPort(string text, out string host, out int? port)
    {
        (host, port) = (text, null);
        var colon = text.LastIndexOf(':');
        var isBareV6 = text.IndexOf(':', StringComparison.Ordinal) != colon && !text.Contains(']', StringComparison.Ordinal);
        if (colon < 0 || isBareV6 || text.IndexOf(']', colon) >= 0)
        {
            return true;
        }

        host = text[..colon];
        var ok = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535;
        port = number;
        return ok;
    }

    private static bool TryNetwork(string host, out IPNetwork network)
    {
        var plain = host.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        if (IPNetwork.TryParse(plain, out network))
        {
            return true;
        }

        if (!IPAddress.TryParse(plain, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && plain.Count(c => c == '.') != 3))
        {
            return false;
        }

        address = AddressClassifier.Unwrap(address);
        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }
}
