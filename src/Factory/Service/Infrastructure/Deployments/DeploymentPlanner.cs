using System.Net.Sockets;
using System.Security.Cryptography;
using System.Buffers.Text;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Net;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Everything that a deployment's process is given. In memory only.</summary>
/// <param name="AllowPrivate">Rules for hosts with private addresses that an administrator allowed.</param>
internal sealed record DeploymentPlan(PackVersion Pack, SecretText Bearer, IReadOnlyDictionary<string, SecretText> Secrets, IReadOnlyList<string> AllowPrivate);

/// <summary>Why a deployment cannot run as it is.</summary>
/// <param name="Reason">One word, stable.</param>
internal sealed record PlanRefusal(string Reason, string Message);

/// <summary>Checks that everything a deployment needs is there and allowed, before anything is started.</summary>
internal sealed class DeploymentPlanner(DeploymentRecords records, ISecretProtector protector, IOptions<FactoryOptions> options)
{
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(2);

    /// <summary>The plan, or why there is none.</summary>
    public async Task<(DeploymentPlan? Plan, PlanRefusal? Refusal)> Plan(Deployment deployment, CancellationToken ct)
    {
        var (pack, zone, stored) = await records.Needs(deployment, ct);
        if (pack is null || zone is null)
        {
            return (null, new PlanRefusal(pack is null ? "PackMissing" : "LandingZoneMissing", "The pack version or the landing zone does not exist any more."));
        }

        var secrets = new Dictionary<string, SecretText>(StringComparer.Ordinal);
        foreach (var name in pack.SecretNames)
        {
            if (stored.FirstOrDefault(s => s.Name == name) is not { } secret)
            {
                return (null, new PlanRefusal("SecretMissing", $"Secret '{name}' does not exist. Set it with PUT /api/v1/secrets/{name}, then restart."));
            }

            if (pack.Hosts.FirstOrDefault(host => !MayReceive(secret, host)) is { } foreign)
            {
                return (null, new PlanRefusal("SecretNotForHost", $"Secret '{name}' may not be sent to {foreign}: its allowed_hosts name other hosts."));
            }

            try
            {
                secrets[name] = protector.Unprotect(secret.Ciphertext, secret.Place);
            }
            catch (SecretUnreadableException)
            {
                return (null, new PlanRefusal("SecretUnreadable", $"Secret '{name}' cannot be decrypted with the platform's key. Set it again."));
            }
        }

        var allowed = options.Value.AllowedPrivateHosts.Concat(zone.AllowedPrivateHosts).ToList();
        if (await Refused(pack, allowed, ct) is { } refusal)
        {
            return (null, refusal);
        }

        return (new DeploymentPlan(pack, Bearer(deployment), secrets, allowed), null);
    }

    private static bool MayReceive(StoredSecret secret, string host)
    {
        var target = new Uri($"http://{host}");
        return secret.AllowedHosts.Count == 0 || secret.AllowedHosts.Any(rule => EgressRule.Parse(rule).MatchesHost(target.IdnHost, target.Port));
    }

    private static async Task<PlanRefusal?> Refused(PackVersion pack, IReadOnlyList<string> allowed, CancellationToken ct)
    {
        var policy = new EgressPolicy { Allow = [.. allowed.Select(EgressRule.Parse)] };
        foreach (var host in pack.Hosts)
        {
            var target = new Uri($"http://{host}");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(ResolveLimit);
            try
            {
                await GuardedHttpHandler.ResolveChecked(target.IdnHost, target.Port, policy, null, limit.Token);
            }
            catch (EgressDeniedException denied)
            {
                return new PlanRefusal("EgressDenied", $"{denied.Message} Settings: Factory__AllowedPrivateHosts, or allowed_private_hosts of the landing zone.");
            }
            catch (Exception unknown) when (unknown is SocketException || (unknown is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // It may resolve later; each connection is checked again.
            }
        }

        return null;
    }

    // The same as long as the deployment lives, so that what the registry knows stays true over restarts.
    private SecretText Bearer(Deployment deployment)
    {
        if (deployment.BearerCiphertext.Length > 0)
        {
            try
            {
                return protector.Unprotect(deployment.BearerCiphertext, deployment.BearerPlace);
            }
            catch (SecretUnreadableException)
            {
                // Another master key: a new bearer, which registration tells the registry.
            }
        }

        return new SecretText(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
    }
}
