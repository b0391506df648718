using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace McpPlatform.Persistence;

/// <summary>
/// Tells PostgreSQL for whom a connection works, each time it is opened. Npgsql resets the session when it returns to the pool, so the setting
/// cannot leak to the next user of it.
/// </summary>
internal sealed class TenantConnectionInterceptor : DbConnectionInterceptor
{
    public static TenantConnectionInterceptor Instance { get; } = new();

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = Command(connection, eventData);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = Command(connection, eventData);
        command.ExecuteNonQuery();
    }

    private static DbCommand Command(DbConnection connection, ConnectionEndEventData eventData)
    {
        var tenant = ((ServiceDbContext)eventData.Context!).Tenant;
        var command = connection.CreateCommand();
        command.CommandText = $"SELECT set_config('{TenantWalls.Setting}', $1, false)";
        var parameter = command.CreateParameter();
        parameter.Value = tenant.IsSystem ? "*" : tenant.TenantId?.ToString() ?? "";
        command.Parameters.Add(parameter);
        return command;
    }
}
