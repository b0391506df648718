using System.Threading.Channels;
using McpPlatform.Factory.Application;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Shortens a pause: the worker's, or a runner's. A wake-up before the commit finds nothing new; the next round, a second later, does.</summary>
internal sealed class DeploymentSignal(TimeProvider time) : IDeploymentSignal
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>True when woken, false after the pause.</summary>
    public async Task<bool> Wait(TimeSpan pause, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
