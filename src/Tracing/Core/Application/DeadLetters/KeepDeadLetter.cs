using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.DeadLetters;

/// <summary>Stores a message that ended. Once more is the same one again, parked anew.</summary>
public sealed record KeepDeadLetter(
    Guid Id,
    string Queue,
    string MessageType,
    Guid? MessageId,
    Guid? Tenant,
    string Kind,
    string Reason,
    DateTimeOffset DiedAt,
    IReadOnlyDictionary<string, string> Properties,
    byte[] Body) : IRequest<Result>;

internal sealed class KeepDeadLetterHandler(IParkedMessages messages) : IRequestHandler<KeepDeadLetter, Result>
{
    public async Task<Result> Handle(KeepDeadLetter request, CancellationToken cancellationToken)
    {
        // To the microsecond, as the database keeps it: a repetition must compare as equal.
        var diedAt = request.DiedAt.AddTicks(-(request.DiedAt.Ticks % TimeSpan.TicksPerMicrosecond));
        if (await messages.Lock(request.Id, cancellationToken) is { } known)
        {
            known.DieAgain(request.Kind, request.Reason, diedAt);
            return Result.Success;
        }

        messages.Add(ParkedMessage.Of(
            request.Id, request.Queue, request.MessageType, request.MessageId, request.Tenant, request.Kind, request.Reason, diedAt, request.Properties, request.Body));
        return Result.Success;
    }
}
