using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>What a runner works with.</summary>
internal sealed record RunnerTools(
    DeploymentRecords Records,
    DeploymentPlanner Planner,
    RuntimeLauncher Launcher,
    RuntimeVerifier Verifier,
    ServerRegistration Registration,
    DeploymentLogBook Book,
    ISecretProtector Protector,
    IOptions<FactoryOptions> Options,
    TimeProvider Time,
    ILogger<DeploymentRunner> Logger);

/// <summary>
/// Moves one deployment through its states and watches its process. Each round reads the record, does the one step that its state asks for and writes the
/// outcome; whatever is interrupted is done again. A state that presumes a process without there being one goes back to the start.
/// </summary>
internal sealed partial class DeploymentRunner(Guid id, Guid factory, RunnerTools tools)
{
    private const int MaxStarts = 5;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private readonly DeploymentSignal _notice = new(tools.Time);
    private RuntimeProcess? _process;
    private DeploymentPlan? _plan;
    private long _seen;

    /// <summary>Tells the runner which generation is wished now.</summary>
    public void Notice(long generation)
    {
        if (generation != Volatile.Read(ref _seen))
        {
            _notice.Wake();
        }
    }

    /// <summary>Runs until the deployment has left, belongs to another factory, or <paramref name="stop"/>; then its process has ended.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (await Round(stop))
            {
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The platform stops; the record stays as it is and is taken up again.
        }
        finally
        {
            await StopProcess();
        }
    }

    private async Task<bool> Round(CancellationToken stop)
    {
        try
        {
            if (await tools.Records.Load(id, factory, stop) is not { State: not DeploymentState.Deleted } deployment)
            {
                return false;
            }

            Volatile.Write(ref _seen, deployment.Generation);
            var wait = deployment.NextAttemptAt - tools.Time.GetUtcNow();
            if (wait > TimeSpan.Zero && deployment.State is not (DeploymentState.Running or DeploymentState.Failed))
            {
                await _notice.Wait(wait < Settling ? wait : Settling, stop);
                return true;
            }

            await Step(deployment, stop);
            return true;
        }
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            // Database away, disk full: what runs goes on running, and the step is taken again.
            RoundFailed(tools.Logger, id, broken);
            await Task.Delay(TimeSpan.FromSeconds(1), tools.Time, stop);
            return true;
        }
    }

    private Task Step(Deployment deployment, CancellationToken stop) => deployment.State switch
    {
        DeploymentState.Stopping => Leave(deployment, stop),
        DeploymentState.Failed => Rest(stop),
        DeploymentState.Queued => Plan(deployment, stop),
        _ when _plan is null => Change(deployment, (d, now) => d.Resume(now), stop),
        DeploymentState.Planned => Change(deployment, (d, now) => d.Starting(now), stop),
        DeploymentState.Starting => Start(deployment, stop),
        _ when _process is null or { Exited.IsCompleted: true } => Ended(deployment, stop),
        DeploymentState.Verifying => Verify(deployment, stop),
        DeploymentState.Registering => Register(deployment, stop),
        _ => Watch(deployment, stop),
    };

    private async Task Plan(Deployment deployment, CancellationToken stop)
    {
        await StopProcess();
        var (plan, refusal) = await tools.Planner.Plan(deployment, stop);
        if (plan is null)
        {
            await Fail(deployment, refusal!.Reason, refusal.Message, stop);
            return;
        }

        var bearer = tools.Protector.Protect(plan.Bearer, deployment.BearerPlace);
        if (await Change(deployment, (d, now) => d.Planned(bearer, now), stop))
        {
            _plan = plan;
        }
    }

    private async Task Start(Deployment deployment, CancellationToken stop)
    {
        await StopProcess();
        tools.Book.Write(id, "factory", $"Starting generation {deployment.Generation}, attempt {deployment.Attempt + 1}.");
        _process = await tools.Launcher.Launch(deployment, _plan!, stop);
        var limit = Task.Delay(tools.Options.Value.StartTimeout, tools.Time, stop);
        var first = await Task.WhenAny(_process.Listening, _process.Exited, limit);
        stop.ThrowIfCancellationRequested();
        if (first == _process.Listening)
        {
            var (port, management) = await _process.Listening;
            await Change(deployment, (d, now) => d.Started(port, management, now), stop);
            return;
        }

        var why = first == limit ? "It did not listen in time." : $"It ended with code {await _process.Exited} before it listened.";
        await StopProcess();
        await StartAgain(deployment, "StartFailed", why, stop);
    }

    private async Task Verify(Deployment deployment, CancellationToken stop)
    {
        try
        {
            if (await tools.Verifier.Difference(deployment, _plan!, stop) is { } difference)
            {
                await Fail(deployment, "ProtocolMismatch", difference, stop);
                return;
            }

            await Change(deployment, (d, now) => d.Verified(now), stop);
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            await StartAgain(deployment, "NoAnswer", "It listens but does not answer.", stop);
        }
    }

    private async Task Register(Deployment deployment, CancellationToken stop)
    {
        try
        {
            var (server, refusal) = await tools.Registration.Register(deployment, _plan!, stop);
            if (server is null)
            {
                await Fail(deployment, "RegistryRefused", $"The registry refused it: {refusal}", stop);
            }
            else if (await tools.Records.Step(deployment, factory, (d, now) => d.Registered(server.ServerId, now), stop, deployed: true))
            {
                Running(tools.Logger, id, deployment.Slug);
            }
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            await Change(deployment, (d, now) => d.Retry(DeploymentState.Registering, "RegistryAway", "The registry does not answer; registration is tried again.", Backoff(d.Attempt), now), stop);
        }
    }

    private async Task Ended(Deployment deployment, CancellationToken stop)
    {
        var code = _process is null ? "" : $" with code {await _process.Exited}";
        await StopProcess();
        var message = $"Its process ended{code}; it is started again.";
        tools.Book.Write(id, "factory", message);
        await Change(deployment, (d, now) => d.Retry(DeploymentState.Queued, "ProcessEnded", message, Backoff(d.Attempt), now), stop);
    }

    private async Task Rest(CancellationToken stop)
    {
        await StopProcess();
        await _notice.Wait(Timeout.InfiniteTimeSpan, stop);
    }

    // What never ran is given up after a few tries: somebody must look. What ran before is not.
    private Task StartAgain(Deployment deployment, string reason, string message, CancellationToken stop)
    {
        var last = tools.Book.Read(id, 5).LastOrDefault(l => l.Stream == "stderr")?.Line;
        var text = last is null ? message : $"{message} Its last words: {last}";
        return deployment.Attempt + 1 >= MaxStarts && deployment.ObservedGeneration != deployment.Generation
            ? Fail(deployment, reason, text, stop)
            : Change(deployment, (d, now) => d.Retry(DeploymentState.Queued, reason, text, Backoff(d.Attempt), now), stop);
    }

    private async Task Fail(Deployment deployment, string reason, string message, CancellationToken stop)
    {
        await StopProcess();
        tools.Book.Write(id, "factory", $"{reason}: {message}");
        if (await Change(deployment, (d, now) => d.Fail(reason, message, now), stop))
        {
            Failed(tools.Logger, id, deployment.Slug, reason);
        }
    }

    private Task<bool> Change(Deployment seen, Action<Deployment, DateTimeOffset> step, CancellationToken stop) => tools.Records.Step(seen, factory, step, stop);

    private async Task StopProcess()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    private static TimeSpan Backoff(int attempt) => TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(attempt, 6))));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A step of deployment {Deployment} could not be taken; it is taken again.")]
    private static partial void RoundFailed(ILogger logger, Guid deployment, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deployment {Deployment} runs as {Slug}.")]
    private static partial void Running(ILogger logger, Guid deployment, string slug);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deployment {Deployment} ({Slug}) failed: {Reason}.")]
    private static partial void Failed(ILogger logger, Guid deployment, string slug, string reason);
}
