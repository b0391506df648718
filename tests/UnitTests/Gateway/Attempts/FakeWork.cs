using McpPlatform.Gateway.Attempts;

namespace McpPlatform.UnitTests.Gateway.Attempts;

/// <summary>What a test tells the engine to run: one delegate per attempt, and a log of what the engine did.</summary>
internal sealed class Script
{
    public List<string> Log { get; } = [];

    public Queue<Func<AttemptClock, Task<string>>> Attempts { get; } = new();

    public Func<CancellationToken, ValueTask<FakeLink>>? Open { get; set; }

    public AttemptTimers Timers { get; set; } = AttemptTimers.Default;

    public bool IsRepeatable { get; set; } = true;

    /// <summary>Endpoints by name; they are tried in order.</summary>
    public string[] Endpoints { get; set; } = ["a"];

    public RetryBudget Budget { get; } = new();

    public int MaxAttempts { get; set; } = 10;

    public int Credentials { get; set; } = 1;

    public void Next(Func<AttemptClock, Task<string>> attempt) => Attempts.Enqueue(attempt);

    public void Fails(FailureKind kind, bool mayHaveRun = false) => Next(_ => throw new CallFailureException(new CallFailure(kind, mayHaveRun, "It failed.")));

    public ValueTask<AttemptOutcome<string>> Run(TimeProvider time, CancellationToken caller = default) =>
        new AttemptEngine(AttemptRules.Default with { MaxAttempts = 10 }, time).Run<FakeWork, FakeLink, string>(new FakeWork(this), caller);
}

internal readonly record struct FakeLink(List<string>? Log) : IDisposable
{
    public void Dispose() => Log?.Add("link closed");
}

internal struct FakeWork(Script script) : IAttemptWork<FakeLink, string>
{
    private int _endpoint = -1;
    private int _credential;

    public readonly AttemptTimers Timers => script.Timers;

    public readonly int MaxAttempts => script.MaxAttempts;

    public readonly bool IsRepeatable => script.IsRepeatable;

    public readonly RetryBudget Budget => script.Budget;

    public readonly bool HasOtherEndpoint => _endpoint + 1 < script.Endpoints.Length;

    public readonly bool HasOtherCredential => _credential + 1 < script.Credentials;

    public bool TryChoose(StepKind after)
    {
        (_endpoint, _credential) = after switch
        {
            StepKind.Rotate => (_endpoint, _credential + 1),
            StepKind.Retry => (_endpoint, _credential),
            _ => (_endpoint + 1, 0),
        };
        if (script.Endpoints.Length == 0)
        {
            return false;
        }

        script.Log.Add($"{script.Endpoints[_endpoint]}{_credential}");
        return true;
    }

    public readonly CallFailure Refusal() => new(FailureKind.Connect, false, "Nowhere to go.");

    public readonly System.Diagnostics.Activity? StartSpan() => null;

    public readonly ValueTask<FakeLink> Open(CancellationToken cancellationToken) => script.Open?.Invoke(cancellationToken) ?? new(new FakeLink(script.Log));

    public readonly ValueTask<string> Send(FakeLink link, AttemptClock clock) => new(script.Attempts.Dequeue()(clock));

    public readonly CallFailure? Classify(Exception exception) => CallFailure.Of(exception);

    public readonly void Ended(CallFailure? failure, bool isAnswered, AttemptClock clock) =>
        script.Log.Add(isAnswered ? "answered" : failure is null ? "given up" : $"failed {failure.Code}");
}
