using System.Net.Http.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Tracing;
using McpPlatform.Gateway.Spool;
using McpPlatform.Hosting;
using McpPlatform.Messaging;
using System.Text.Json;

namespace McpPlatform.Gateway.Infrastructure.Records;

/// <summary>
/// Sends what is in the spool, once the bus is ready, and asks tracing what it has stored for good; only then is anything deleted. Knows nothing but the
/// spool: what a crash interrupted is sent again.
/// </summary>
internal sealed partial class SpoolSender(SpoolOutbox outbox, CallSpool spool, IEventBus bus, IHttpClientFactory clients, TimeProvider time, ILogger<SpoolSender> logger)
    : BackgroundService
{
    /// <summary>250 ms: a call is in the trace list within a second, and an idle gateway does next to nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>1 s: what is committed a second later is deleted a second later.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    private long _askedAt;
    private bool _stuck;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (!await Step(stoppingToken))
                {
                    await Task.Delay(Pause, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the rest is sent after the next start.
        }
    }

    /// <summary>Sends all that is there, and returns when tracing has stored it for good.</summary>
    internal async Task SendAll(CancellationToken cancellationToken)
    {
        while (!spool.IsEmpty)
        {
            if (!await Step(cancellationToken))
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>True when there may be more to do at once.</summary>
    private async Task<bool> Step(CancellationToken cancellationToken)
    {
        try
        {
            var sent = bus.IsReady && await SendNext(cancellationToken);
            // Whoever can store answers: only that shows that the way is free again.
            if (await AskForCommitted(cancellationToken) && _stuck)
            {
                _stuck = false;
                Recovered(logger);
            }

            return sent;
        }
        catch (Exception exception) when (
            exception is EventNotDeliveredException or HttpRequestException or IOException or UnauthorizedAccessException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!_stuck)
            {
                _stuck = true;
                Stuck(logger, exception.Message);
            }

            return false;
        }
    }

    private async Task<bool> SendNext(CancellationToken cancellationToken)
    {
        if (outbox.Next() is not { } batch)
        {
            return false;
        }

        await bus.Publish(
            new CallRecordsCaptured(batch.EventId, time.GetUtcNow(), Guid.Empty, spool.GatewayId, batch.BatchId, batch.Records), batch.EventId, cancellationToken);
        outbox.MarkSent(batch);
        return true;
    }

    /// <summary>False when there was nothing to ask, or it was asked a moment ago.</summary>
    private async Task<bool> AskForCommitted(CancellationToken cancellationToken)
    {
        if (outbox.Awaited() is not { Count: > 0 } awaited || (_askedAt != 0 && time.GetElapsedTime(_askedAt) < AskEvery))
        {
            return false;
        }

        _askedAt = time.GetTimestamp();
        using var http = clients.CreateClient("tracing");
        using var response = await http.PostAsJsonAsync("internal/v1/tracing/batches/committed", new BatchQuery(awaited), Json.Internal, cancellationToken);
        response.EnsureSuccessStatusCode();
        var committed = await response.Content.ReadFromJsonAsync<CommittedBatches>(Json.Internal, cancellationToken);
        outbox.MarkCommitted(committed?.EventIds.ToHashSet() ?? []);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call records stay in the spool for now: {Reason}")]
    private static partial void Stuck(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Call records are being sent again.")]
    private static partial void Recovered(ILogger logger);
}
