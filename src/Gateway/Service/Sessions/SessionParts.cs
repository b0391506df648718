using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;

namespace McpPlatform.Gateway.Sessions;

/// <summary>What sessions are made of.</summary>
internal sealed record SessionParts(UpstreamPool Pool, ChangeHub Hub, CatalogRelook Relook, ServerWatches Watches, TenantWatches AllWatches, Standing Standing, TimeProvider Time);
