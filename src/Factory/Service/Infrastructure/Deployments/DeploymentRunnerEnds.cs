using McpPlatform.Factory.Domain;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <content>What happens once it runs: watching, and leaving.</content>
internal sealed partial class DeploymentRunner
{
    private async Task Watch(Deployment deployment, CancellationToken stop)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var quiet = _notice.Wait(deployment.Attempt > 0 ? Settling : Timeout.InfiniteTimeSpan, done.Token);
        var first = await Task.WhenAny(_process!.Exited, quiet);
        await done.CancelAsync();
        stop.ThrowIfCancellationRequested();
        if (first == quiet && !await quiet)
        {
            await Change(deployment, (d, _) => d.Settle(), stop);
        }
    }

    private async Task Leave(Deployment deployment, CancellationToken stop)
    {
        try
        {
            await tools.Registration.Unregister(deployment, stop);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            await Change(deployment, (d, now) => d.Retry(DeploymentState.Stopping, "RegistryAway", "The registry does not answer; removal is tried again.", Backoff(d.Attempt), now), stop);
            return;
        }

        await StopProcess();
        await tools.Launcher.Clean(id, stop);
        tools.Launcher.Remove(id);
        await Change(deployment, (d, now) => d.Left(now), stop);
        tools.Book.Forget(id);
    }
}
