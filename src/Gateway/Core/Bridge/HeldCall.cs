using McpPlatform.Gateway.Attempts;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Bridge;

/// <summary>
/// A call to a legacy server that asks in the middle of it, for a modern client, who is asked by results: the call goes on while nobody waits for it, from the result that asks to
/// the request that answers. One round at a time. What the server sends between two rounds waits for the next one.
/// </summary>
internal sealed class HeldCall : IAsyncDisposable
{
    /// <summary>Most bytes of messages that wait between rounds; the oldest go first. 64 KiB: some hundred of progress, and a hundred held calls of a principal stay below 7 MiB.</summary>
    internal const int MostKept = 64 << 10;

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Question> _open = [];
    private readonly Queue<byte[]> _kept = [];
    private Task<AttemptOutcome<UpstreamAnswer>> _run = null!;
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HeldRound? _round;
    private int _questions;
    private int _keptBytes;
    private bool _taken;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>What is not answered yet, by key.</summary>
    public IReadOnlyList<(string Key, ReadOnlyMemory<byte> Request)> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Select(question => (question.Key, (ReadOnlyMemory<byte>)question.Value.Request))];
            }
        }
    }

    /// <summary>Begins. What runs belongs to no request: it ends by itself, by <see cref="DisposeAsync"/>, or when a caller cancels while it waits.</summary>
    public void Start(Func<CancellationToken, ValueTask<AttemptOutcome<UpstreamAnswer>>> run) => _run = Task.Run(async () => await run(_end.Token));

    /// <summary>Begins a round before the server is let go on, so that nothing it sends meanwhile is lost; <see cref="Next"/> waits for the round.</summary>
    public void Enter(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? notify, RequestId token)
    {
        lock (_gate)
        {
            _round = new HeldRound(notify, token);
        }
    }

    /// <summary>
    /// Waits for the end of the call, or for a question. Null: there are open questions. Throws <see cref="OperationCanceledException"/> when the caller cancelled, which ends the call.
    /// </summary>
    /// <param name="notify">Gets what the server sends meanwhile; null: nothing is wanted.</param>
    /// <param name="token">The caller's progress token of this round.</param>
    public async ValueTask<AttemptOutcome<UpstreamAnswer>?> Next(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? notify, RequestId token, CancellationToken cancellationToken)
    {
        HeldRound round;
        Task asked;
        lock (_gate)
        {
            round = _round is { IsOver: false } entered ? entered : _round = new HeldRound(notify, token);
            asked = _open.Count > 0 ? Task.CompletedTask : _asked.Task;
        }

        try
        {
            await HandOver(round, cancellationToken);
            var first = await Task.WhenAny(_run, asked).WaitAsync(cancellationToken);
            await Close(round);
            if (first != _run)
            {
                return null;
            }

            _taken = true;
            return await _run;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Close(round);
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>For the connection: a question of the server, answered by the next round.</summary>
    public async ValueTask<RpcAnswer> Ask(Envelope question, CancellationToken cancellationToken)
    {
        var asked = new Question(InputRequired.Question(question));
        string key;
        lock (_gate)
        {
            key = $"q{++_questions}";
            _open.Add(key, asked);
            _asked.TrySetResult();
        }

        try
        {
            return await asked.Answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(key);
            }
        }
    }

    /// <summary>For the connection: something that the server sends while it works. Kept for the next round while nobody waits.</summary>
    public async ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_round is { IsOver: false } round)
            {
                await DeliverKept(round, cancellationToken);
                await round.Deliver(message, cancellationToken);
            }
            else
            {
                Keep(message);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Keep(ReadOnlyMemory<byte> message)
    {
        _kept.Enqueue(message.ToArray());
        _keptBytes += message.Length;
        while (_keptBytes > MostKept)
        {
            _keptBytes -= _kept.Dequeue().Length;
        }
    }

    private async ValueTask HandOver(HeldRound round, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await DeliverKept(round, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whoever has the turn.</summary>
    private async ValueTask DeliverKept(HeldRound round, CancellationToken cancellationToken)
    {
        while (_kept.TryDequeue(out var message))
        {
            _keptBytes -= message.Length;
            await round.Deliver(message, cancellationToken);
        }
    }

    /// <summary>Answers open questions out of a raw <c>inputResponses</c>. What is missing or no object stays open and is asked again.</summary>
    public void Answer(ReadOnlyMemory<byte> responses)
    {
        lock (_gate)
        {
            foreach (var (key, response) in JsonMembers.Members(responses))
            {
                if (JsonMembers.IsObject(response.Span) && _open.Remove(key, out var question))
                {
                    question.Answer.TrySetResult(new RpcAnswer(false, response.ToArray(), null));
                }
            }

            if (_open.Count == 0)
            {
                _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Ends the call, wherever it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            var outcome = await _run;
            if (!_taken)
            {
                outcome.Answer?.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // That is what ending it means.
        }
        finally
        {
            _turn.Dispose();
            _end.Dispose();
        }
    }

    /// <summary>Nothing goes to the round's stream after this.</summary>
    private async ValueTask Close(HeldRound round)
    {
        await _turn.WaitAsync();
        round.IsOver = true;
        _turn.Release();
    }

    private sealed record Question(byte[] Request)
    {
        public TaskCompletionSource<RpcAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
