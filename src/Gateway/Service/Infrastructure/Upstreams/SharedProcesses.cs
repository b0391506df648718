using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>Which servers of which tenants may share a process: those that name the same launcher, which the operator declared shareable, with the same variables.</summary>
internal sealed class SharedProcesses(LauncherBook launchers, ConnectionFactory factory)
{
    // Values of variables are secrets: what is made of them must tell nothing, even to somebody who can guess them.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConditionalWeakTable<ServerConnection, UpstreamKey> _known = [];

    /// <summary>The key of the process that a server shares. Throws <see cref="UpstreamSetupException"/> when the operator does not allow it.</summary>
    /// <param name="own">The server's own.</param>
    public UpstreamKey KeyOf(UpstreamKey own, ServerConnection how)
    {
        var launcher = launchers.Get(how.Launcher ?? "");
        if (!launcher.Shareable)
        {
            throw new UpstreamSetupException(
                FailureKind.LauncherNotShareable, $"The server's scope is 'shared', and launcher '{launcher.Name}' is not declared 'shareable: true' in the operator's file. Choose another scope.");
        }

        return _known.GetValue(how, _ => Make(own, how));
    }

    private UpstreamKey Make(UpstreamKey own, ServerConnection how)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(hash, how.Launcher!);
        foreach (var (name, value) in factory.OpenVariables(own, how).OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value);
        }

        // Limits and idle times belong to the process as well: who wants others has another process.
        Append(hash, $"{how.Process?.IdleStopMs} {how.Process?.MaxInstances}");
        var print = hash.GetHashAndReset();
        return new UpstreamKey(Guid.Empty, new Guid(print.AsSpan(0, 16)), Convert.ToHexStringLower(print), new UpstreamPart(ProcessScope.Shared, Guid.Empty, null));
    }

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(BitConverter.GetBytes(text.Length));
        hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}
