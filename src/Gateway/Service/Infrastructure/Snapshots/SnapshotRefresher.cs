using McpPlatform.Gateway.State;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Snapshots;

/// <summary>
/// Keeps the state current: asks policy and registry every <see cref="GatewayOptions.PollInterval"/>, and at once when an event says that there is news.
/// Nothing waits for it, and it waits for nothing.
/// </summary>
internal sealed class SnapshotRefresher : BackgroundService
{
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly Loop _policy;
    private readonly Loop _registry;

    public SnapshotRefresher(GatewayStateStore store, IHttpClientFactory clients, IOptions<GatewayOptions> options, TimeProvider time, ILogger<SnapshotRefresher> logger)
    {
        (_options, _time) = (options.Value, time);
        _policy = new Loop(new SnapshotSource("policy", "internal/v1/policy/snapshot", clients, content => store.OfferPolicy(content), store.ConfirmPolicy, logger));
        _registry = new Loop(new SnapshotSource("registry", "internal/v1/registry/snapshot", clients, content => store.OfferRegistry(content), store.ConfirmRegistry, logger));
    }

    /// <summary>There is a new policy.</summary>
    public void HastenPolicy() => _policy.Hasten();

    /// <summary>There is a new catalog.</summary>
    public void HastenRegistry() => _registry.Hasten();

    public override void Dispose()
    {
        base.Dispose();
        _policy.Dispose();
        _registry.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_policy.Run(_options.PollInterval, _time, stoppingToken), _registry.Run(_options.PollInterval, _time, stoppingToken));

    private sealed class Loop(SnapshotSource source) : IDisposable
    {
        // At most one pending hint: a hundred events in a row are one reason to look.
        private readonly SemaphoreSlim _hint = new(0, 1);
        private readonly Lock _gate = new();

        public void Hasten()
        {
            lock (_gate)
            {
                if (_hint.CurrentCount == 0)
                {
                    _hint.Release();
                }
            }
        }

        public async Task Run(TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    await source.Refresh(cancellationToken);
                    using var pause = new CancellationTokenSource(interval, time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
                    await WaitForHint(either.Token, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The host stops.
            }
        }

        public void Dispose() => _hint.Dispose();

        private async Task WaitForHint(CancellationToken pauseOrStop, CancellationToken stop)
        {
            try
            {
                await _hint.WaitAsync(pauseOrStop);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // The pause is over without news.
            }
        }
    }
}
