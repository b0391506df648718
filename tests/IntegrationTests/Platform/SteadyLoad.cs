using System.Diagnostics;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// Calls that come at their own pace, whatever becomes of the ones before (open loop): each has its moment, and its time counts from that moment, so that a pause of the
/// platform is seen by all calls that it met and not only by the first. At most <paramref name="mostAtOnce"/> are under way; one that finds no room counts as failed.
/// </summary>
/// <param name="call">Makes the call of this number; null when it was answered as it should be, else what went wrong.</param>
internal sealed class SteadyLoad(int perSecond, int mostAtOnce, Func<int, Task<string?>> call)
{
    private readonly Stopwatch _clock = new();
    private readonly List<Task<CallSample>> _calls = [];
    private int _underWay;

    /// <summary>Of the clock that <see cref="CallSample.Due"/> is told by.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Begins calls until it is stopped, then waits for those under way.</summary>
    public async Task<IReadOnlyList<CallSample>> Run(CancellationToken stop)
    {
        _clock.Start();
        while (!stop.IsCancellationRequested)
        {
            for (var due = TimeSpan.FromSeconds(_calls.Count / (double)perSecond); due <= _clock.Elapsed; due = TimeSpan.FromSeconds(_calls.Count / (double)perSecond))
            {
                _calls.Add(Begin(_calls.Count, due));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        return await Task.WhenAll(_calls);
    }

    private async Task<CallSample> Begin(int number, TimeSpan due)
    {
        var begun = _clock.Elapsed;
        if (Interlocked.Increment(ref _underWay) > mostAtOnce)
        {
            Interlocked.Decrement(ref _underWay);
            return new CallSample(due, begun, begun, $"{mostAtOnce} calls were under way already.");
        }

        await Task.Yield();
        string? problem;
        try
        {
            problem = await call(number);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            problem = $"{e.GetType().Name}: {e.Message} {e.InnerException?.Message}";
        }

        Interlocked.Decrement(ref _underWay);
        return new CallSample(due, begun, _clock.Elapsed, problem);
    }
}

/// <summary>One call of <see cref="SteadyLoad"/>.</summary>
/// <param name="Due">Its moment.</param>
/// <param name="Begun">When the generator came to it.</param>
/// <param name="Problem">Null: answered as it should be.</param>
internal sealed record CallSample(TimeSpan Due, TimeSpan Begun, TimeSpan Ended, string? Problem)
{
    /// <summary>Begun later than this says that the generator could not keep its pace, and that the numbers are partly its own.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    public bool IsLate => Begun - Due > Late;

    /// <summary>Counts, and the time from their moment to their answer.</summary>
    public static string Summary(IReadOnlyCollection<CallSample> calls)
    {
        var times = calls.Where(c => c.Problem is null).Select(c => (c.Ended - c.Due).TotalMilliseconds).Order().ToArray();
        double At(double share) => times.Length == 0 ? double.NaN : times[Math.Min(times.Length - 1, (int)(times.Length * share))];
        return $"{calls.Count} calls, {calls.Count(c => c.Problem is not null)} failed, {calls.Count(c => c.IsLate)} begun late; p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, longest {At(1):0} ms";
    }
}
