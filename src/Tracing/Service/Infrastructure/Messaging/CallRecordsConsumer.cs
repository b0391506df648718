using MassTransit;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Tracing.Application.Batches;

namespace McpPlatform.Tracing.Infrastructure.Messaging;

/// <summary>Stores batches of call records; the inbox notes each batch in the same transaction.</summary>
internal sealed partial class CallRecordsConsumer(ISender sender, TimeProvider clock, ILogger<CallRecordsConsumer> logger) : IConsumer<CallRecordsCaptured>
{
    /// <summary>The name of this consumer's queue, under which the inbox notes its batches.</summary>
    public const string Queue = "tracing-call-records";

    public async Task Consume(ConsumeContext<CallRecordsCaptured> context)
    {
        var batch = context.Message;
        var result = await sender.Send(new StoreCalls(batch.Records), context.CancellationToken);
        if (result.Error is { } error)
        {
            throw new InvalidOperationException($"Batch {batch.EventId} of gateway {batch.GatewayId} cannot be stored: {error.Code}.");
        }

        TracingMetrics.BatchWritten(result.Value.Stored, batch.Records.Count - result.Value.Stored, clock.GetUtcNow() - batch.OccurredAt);
        BatchWritten(logger, batch.EventId, batch.GatewayId, result.Value.Stored, batch.Records.Count);
        if (result.Value.OutsideDays > 0)
        {
            OutsideDays(logger, result.Value.OutsideDays, batch.EventId, batch.GatewayId);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Batch {EventId} of gateway {Gateway}: {Stored} of {Records} records were new.")]
    private static partial void BatchWritten(ILogger logger, Guid eventId, string gateway, int stored, int records);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Records} records of batch {EventId} are older than the retention or from the future; check the clock of gateway {Gateway}.")]
    private static partial void OutsideDays(ILogger logger, int records, Guid eventId, string gateway);
}
