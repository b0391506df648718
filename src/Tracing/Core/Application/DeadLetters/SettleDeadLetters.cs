using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.DeadLetters;

/// <summary>
/// Sends a dead letter to its queue again; also one that was sent before, which does no harm, since consumers handle a message once. Fails with
/// <c>dead_letters.not_found</c>, <c>dead_letters.discarded</c>, or <c>dead_letters.not_sent</c> when its queue does not take it.
/// </summary>
public sealed record RequeueDeadLetter(Guid Id) : IRequest<Result>;

/// <summary>Sends the parked letters of one queue again, the oldest first, at most 200 at a time.</summary>
public sealed record RequeueDeadLetters(string Queue) : IRequest<Result<RequeuedLetters>>;

/// <summary>What became of a queue's letters.</summary>
/// <param name="Remaining">Those that are still parked: ask again.</param>
public sealed record RequeuedLetters(int Requeued, int Remaining);

/// <summary>Decides that a letter is not needed. It stays visible as discarded. Twice is as good as once.</summary>
public sealed record DiscardDeadLetter(Guid Id) : IRequest<Result>;

internal sealed class RequeueDeadLettersValidator : AbstractValidator<RequeueDeadLetters>
{
    public RequeueDeadLettersValidator() => RuleFor(c => c.Queue).NotEmpty().MaximumLength(ParkedMessage.MaxNameLength).WithMessage("must be the name of a queue");
}

// Sent while the row is locked: if the message fails at once and comes back, its return waits for this transaction and has the last word. If this process dies
// before it commits, the letter stays parked although it was sent, which can be repeated; the other order could lose it.
internal sealed class RequeueDeadLetterHandler(IParkedMessages messages, IMessageQueues queues, TimeProvider clock) : IRequestHandler<RequeueDeadLetter, Result>
{
    public async Task<Result> Handle(RequeueDeadLetter request, CancellationToken cancellationToken)
    {
        if (await messages.Lock(request.Id, cancellationToken) is not { } letter)
        {
            return DeadLetterErrors.NotFound;
        }

        if (letter.State == ParkedState.Discarded)
        {
            return Error.Conflict("dead_letters.discarded", "This message was discarded.");
        }

        if ((await queues.Send(letter, cancellationToken)).Error is { } refused)
        {
            return refused;
        }

        letter.Requeue(clock.GetUtcNow());
        return Result.Success;
    }
}

internal sealed class RequeueDeadLettersHandler(IParkedMessages messages, IMessageQueues queues, TimeProvider clock)
    : IRequestHandler<RequeueDeadLetters, Result<RequeuedLetters>>
{
    /// <summary>200: bounds the memory and the time of one request.</summary>
    private const int AtMost = 200;

    public async Task<Result<RequeuedLetters>> Handle(RequeueDeadLetters request, CancellationToken cancellationToken)
    {
        var parked = await messages.CountParked(request.Queue, cancellationToken);
        var requeued = 0;
        foreach (var letter in await messages.LockParked(request.Queue, AtMost, cancellationToken))
        {
            if ((await queues.Send(letter, cancellationToken)).Error is { } refused)
            {
                // What was sent before is settled; the rest stays.
                return requeued > 0 ? new RequeuedLetters(requeued, Math.Max(0, parked - requeued)) : refused;
            }

            letter.Requeue(clock.GetUtcNow());
            requeued++;
        }

        return new RequeuedLetters(requeued, Math.Max(0, parked - requeued));
    }
}

internal sealed class DiscardDeadLetterHandler(IParkedMessages messages, TimeProvider clock) : IRequestHandler<DiscardDeadLetter, Result>
{
    public async Task<Result> Handle(DiscardDeadLetter request, CancellationToken cancellationToken)
    {
        if (await messages.Lock(request.Id, cancellationToken) is not { } letter)
        {
            return DeadLetterErrors.NotFound;
        }

        if (letter.State != ParkedState.Discarded)
        {
            letter.Discard(clock.GetUtcNow());
        }

        return Result.Success;
    }
}
