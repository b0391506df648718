using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Sessions;

/// <summary>How many <c>subscriptions/listen</c> streams are open, by the bounds of sessions. Each is in use for as long as it is there, so nobody makes room: further ones are refused.</summary>
internal sealed class Listeners(int maxPerPrincipal, int maxPerTenant, int max)
{
    private const string What = "subscriptions";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tenant, string? Subject), int> _open = [];
    private int _all;

    /// <summary>A place, given back when it is disposed; null and why when there is none.</summary>
    public IDisposable? TryEnter(string tenant, string subject, out McpError? refusal)
    {
        lock (_gate)
        {
            refusal = _open.GetValueOrDefault((tenant, subject)) >= maxPerPrincipal ? SessionLimit.OfPrincipal(What, maxPerPrincipal)
                : _open.GetValueOrDefault((tenant, null)) >= maxPerTenant ? SessionLimit.OfTenant(What, maxPerTenant)
                : _all >= max ? SessionLimit.OfProcess(What, max)
                : null;
            if (refusal is not null)
            {
                return null;
            }

            Count(tenant, subject, 1);
            return new Place(this, tenant, subject);
        }
    }

    private void Leave(string tenant, string subject)
    {
        lock (_gate)
        {
            Count(tenant, subject, -1);
        }
    }

    private void Count(string tenant, string subject, int change)
    {
        _all += change;
        foreach (var who in ((string, string?)[])[(tenant, subject), (tenant, null)])
        {
            var now = _open.GetValueOrDefault(who) + change;
            if (now == 0)
            {
                _open.Remove(who);
            }
            else
            {
                _open[who] = now;
            }
        }
    }

    private sealed class Place(Listeners listeners, string tenant, string subject) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                listeners.Leave(tenant, subject);
            }
        }
    }
}
