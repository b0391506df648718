using System.Text;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.DeadLetters;

/// <summary>Dead letters, the latest first.</summary>
/// <param name="State"><c>parked</c>, <c>requeued</c> or <c>discarded</c>; all when absent.</param>
public sealed record ListDeadLetters(string? Queue, string? State, int? Limit, string? Cursor) : IRequest<Result<Page<DeadLetterSummary>>>, IQuery;

/// <summary>One dead letter with its content. Fails with <c>dead_letters.not_found</c>.</summary>
public sealed record GetDeadLetter(Guid Id) : IRequest<Result<DeadLetterDetail>>, IQuery;

internal sealed class ListDeadLettersValidator : AbstractValidator<ListDeadLetters>
{
    public ListDeadLettersValidator()
    {
        RuleFor(q => q.Queue).Must(t => t is null || (t.Length > 0 && CallText.Clean(t, ParkedMessage.MaxNameLength) == t)).WithMessage("must be the name of a queue");
        RuleFor(q => q.State).Must(s => s is null || TryState(s, out _)).WithMessage("must be parked, requeued or discarded");
        RuleFor(q => q.Limit).Must(l => Paging.Limit(l).IsSuccess).WithMessage($"must be a whole number from 1 to {Paging.MaxLimit}");
        RuleFor(q => q.Cursor).Must(c => DeadLetterPosition.TryParse(c, out _)).WithMessage("is not one that this API returned; leave it out to start from the first page");
    }

    internal static bool TryState(string? text, out ParkedState state)
    {
        (var known, state) = text switch
        {
            "parked" => (true, ParkedState.Parked),
            "requeued" => (true, ParkedState.Requeued),
            "discarded" => (true, ParkedState.Discarded),
            _ => (false, default),
        };
        return known;
    }
}

internal sealed class ListDeadLettersHandler(IParkedMessages messages) : IRequestHandler<ListDeadLetters, Result<Page<DeadLetterSummary>>>
{
    public async Task<Result<Page<DeadLetterSummary>>> Handle(ListDeadLetters request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Limit).Value;
        var after = DeadLetterPosition.TryParse(request.Cursor, out var position) ? position : null;
        ParkedState? state = ListDeadLettersValidator.TryState(request.State, out var asked) ? asked : null;
        var found = await messages.List(request.Queue, state, after, limit + 1, cancellationToken);
        return found.Count <= limit
            ? new Page<DeadLetterSummary>(found, NextCursor: null)
            : new Page<DeadLetterSummary>([.. found.Take(limit)], new DeadLetterPosition(found[limit - 1].DiedAt, found[limit - 1].Id).ToCursor());
    }
}

internal sealed class GetDeadLetterHandler(IParkedMessages messages) : IRequestHandler<GetDeadLetter, Result<DeadLetterDetail>>
{
    /// <summary>256 KiB: more than a person reads; the whole message is kept.</summary>
    private const int MaxShownBytes = 256 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<Result<DeadLetterDetail>> Handle(GetDeadLetter request, CancellationToken cancellationToken)
    {
        if (await messages.Find(request.Id, cancellationToken) is not { } letter)
        {
            return DeadLetterErrors.NotFound;
        }

        var shown = letter.Body.AsSpan(0, Math.Min(letter.Body.Length, MaxShownBytes));
        var (encoding, body) = Text(shown) is { } text ? ("utf-8", text) : ("base64", Convert.ToBase64String(shown));
        return new DeadLetterDetail(
            new DeadLetterSummary(
                letter.Id, letter.Queue, letter.MessageType, letter.MessageId, letter.MessageTenant, letter.Kind, letter.Reason, letter.BodyBytes, letter.State,
                letter.Times, letter.FirstDiedAt, letter.DiedAt, letter.SettledAt),
            letter.Properties,
            encoding,
            body,
            shown.Length < letter.Body.Length);
    }

    // A text that is cut may end within a character, which has at most four bytes.
    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        for (var cut = 0; cut < 4 && cut <= bytes.Length; cut++)
        {
            try
            {
                return Strict.GetString(bytes[..^cut]);
            }
            catch (DecoderFallbackException)
            {
                // One byte less, then.
            }

            if (bytes.Length < MaxShownBytes)
            {
                break;
            }
        }

        return null;
    }
}

internal static class DeadLetterErrors
{
    public static Error NotFound => Error.NotFound("dead_letters.not_found", "There is no dead letter with this id.");
}
