using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Profiles;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Sessions;

/// <summary>What sessions are made of.</summary>
internal sealed record SessionParts(
    UpstreamPool Pool, ChangeHub Hub, CatalogRelook Relook, ServerWatches Watches, TenantWatches AllWatches, Standing Standing, IOptions<GatewaySessionOptions> Options, ProfileSet Profiles, TimeProvider Time)
{
    /// <summary>Most resources that one is told about.</summary>
    public int MaxWatched => Options.Value.MaxWatched;
}
