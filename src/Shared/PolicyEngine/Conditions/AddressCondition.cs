using System.Net;
using System.Net.Sockets;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>A condition on the caller's address: eq, neq, in, nin with addresses and networks (<c>10.0.0.0/8</c>). IPv4 in IPv6 counts as IPv4.</summary>
internal sealed class AddressCondition(RuleCondition source) : Condition(source)
{
    private readonly IPNetwork[] _networks = [.. source.Values.Select(v => Parse(v.Text)!.Value)];

    /// <summary>Reads an address or a network. Null when it is neither.</summary>
    public static IPNetwork? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(host, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host))
        {
            // "10" and "010.0.0.1" parse, as something that nobody means.
            return null;
        }

        if (slash >= 0)
        {
            return IPNetwork.TryParse(text, out var network) && !address.IsIPv4MappedToIPv6 ? network : null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    public override ConditionOutcome Evaluate(ref Evaluation evaluation)
    {
        if (evaluation.Request.Address is not { } address)
        {
            return ConditionOutcome.Unknown;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return Membership(true);
            }
        }

        return Membership(false);
    }
}
