using System.Text.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class StoredReports(RegistryDbContext context) : IEndpointReports
{
    public Task<EndpointReports?> Find(string gatewayId, CancellationToken cancellationToken) => context.EndpointReports.FirstOrDefaultAsync(r => r.GatewayId == gatewayId, cancellationToken);

    public async Task<IReadOnlyList<EndpointReports>> Since(DateTimeOffset at, CancellationToken cancellationToken) =>
        await context.EndpointReports.AsNoTracking().Where(r => r.At >= at).OrderBy(r => r.GatewayId).ToListAsync(cancellationToken);

    public void Add(EndpointReports report) => context.EndpointReports.Add(report);

    public async Task RemoveBefore(DateTimeOffset at, CancellationToken cancellationToken) =>
        context.EndpointReports.RemoveRange(await context.EndpointReports.Where(r => r.At < at).ToListAsync(cancellationToken));
}

internal sealed class EndpointReportsConfiguration : IEntityTypeConfiguration<EndpointReports>
{
    public void Configure(EntityTypeBuilder<EndpointReports> builder)
    {
        builder.ToTable("endpoint_reports");
        builder.Property(r => r.GatewayId).HasMaxLength(EndpointReports.MaxGatewayIdLength);
        builder.Property(r => r.Endpoints).HasColumnType("jsonb").HasConversion(
            endpoints => JsonSerializer.Serialize(endpoints, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<ReportedEndpoint[]>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyList<ReportedEndpoint>>((a, b) => a!.SequenceEqual(b!), e => e.Aggregate(0, (h, x) => HashCode.Combine(h, x.GetHashCode())), e => e.ToArray()));
        builder.HasIndex(r => new { r.TenantId, r.GatewayId }).IsUnique();
    }
}
