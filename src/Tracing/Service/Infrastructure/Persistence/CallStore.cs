using McpPlatform.Persistence;
using McpPlatform.Tracing.Application;
using McpPlatform.Tracing.Domain;
using McpPlatform.Tracing.Infrastructure.Messaging;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

/// <summary>
/// Writes calls by COPY into a table of this transaction alone, and from there what is new. Texts never pass a statement, and a repeated record costs a look
/// at the key.
/// </summary>
internal sealed class CallStore(TracingDbContext context) : ICallStore
{
    private const string Columns =
        "id, day, tenant_id, started_at, duration_us, subject, key_id, method, server, tool, status, error_code, protocol_version, rule_id, policy_version, "
        + "request_bytes, response_bytes, arguments, result, trace_id, request_id, gateway_id, cache";

    /// <summary>30 s: a batch takes well under a second; this outlasts a database under load, and then the bus sends the batch again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<int> Add(IReadOnlyList<StoredCall> calls, CancellationToken cancellationToken)
    {
        if (context.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Calls are written within a unit of work, so that their batch is noted with them.");
        }

        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await Execute(connection, "SELECT stage_call_records()", cancellationToken);
        await Copy(connection, calls, cancellationToken);

        // In order of the ids: two batches that share records lock them in the same order.
        return await Execute(
            connection,
            $"INSERT INTO call_records ({Columns}) SELECT {Columns} FROM pg_temp.call_records_stage ORDER BY id ON CONFLICT (day, id) DO NOTHING",
            cancellationToken);
    }

    public async Task<IReadOnlyList<Guid>> Committed(IReadOnlyList<Guid> eventIds, CancellationToken cancellationToken) =>
        await context.ProcessedMessages.AsNoTracking()
            .Where(m => m.Consumer == CallRecordsConsumer.Queue && eventIds.Contains(m.MessageId))
            .Select(m => m.MessageId)
            .ToListAsync(cancellationToken);

    private static async Task<int> Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Patience.TotalSeconds };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task Copy(NpgsqlConnection connection, IReadOnlyList<StoredCall> calls, CancellationToken cancellationToken)
    {
        await using var import = await connection.BeginBinaryImportAsync($"COPY pg_temp.call_records_stage ({Columns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        import.Timeout = Patience;
        foreach (var call in calls)
        {
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(call.Id, NpgsqlDbType.Uuid, cancellationToken);
            await import.WriteAsync(call.Day, NpgsqlDbType.Date, cancellationToken);
            await import.WriteAsync(call.TenantId, NpgsqlDbType.Uuid, cancellationToken);
            await import.WriteAsync(call.StartedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await import.WriteAsync(call.DurationMicroseconds, NpgsqlDbType.Bigint, cancellationToken);
            await Text(import, call.Subject, cancellationToken);
            await import.WriteAsync(call.KeyId, NpgsqlDbType.Uuid, cancellationToken);
            await Text(import, call.Method, cancellationToken);
            await Text(import, call.Server, cancellationToken);
            await Text(import, call.Tool, cancellationToken);
            await Text(import, call.Status, cancellationToken);
            await Text(import, call.ErrorCode, cancellationToken);
            await Text(import, call.ProtocolVersion, cancellationToken);
            await Text(import, call.RuleId, cancellationToken);
            await import.WriteAsync(call.PolicyVersion, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(call.RequestBytes, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(call.ResponseBytes, NpgsqlDbType.Bigint, cancellationToken);
            await Text(import, call.Arguments, cancellationToken);
            await Text(import, call.Result, cancellationToken);
            await Text(import, call.TraceId, cancellationToken);
            await Text(import, call.RequestId, cancellationToken);
            await Text(import, call.GatewayId, cancellationToken);
            await Text(import, call.Cache, cancellationToken);
        }

        await import.CompleteAsync(cancellationToken);
    }

    private static Task Text(NpgsqlBinaryImporter import, string? text, CancellationToken cancellationToken) =>
        text is null ? import.WriteNullAsync(cancellationToken) : import.WriteAsync(text, NpgsqlDbType.Varchar, cancellationToken);
}
