using System.Globalization;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;

namespace McpPlatform.Tracing.Application.DeadLetters;

/// <summary>One dead letter in a list.</summary>
/// <param name="Times">How often it ended on its queue.</param>
/// <param name="TenantId">The tenant that it names, when it names one.</param>
public sealed record DeadLetterSummary(
    Guid Id,
    string Queue,
    string MessageType,
    Guid? MessageId,
    Guid? TenantId,
    string Kind,
    string Reason,
    int BodyBytes,
    ParkedState State,
    int Times,
    DateTimeOffset FirstDiedAt,
    DateTimeOffset DiedAt,
    DateTimeOffset? SettledAt);

/// <summary>One dead letter with its content.</summary>
/// <param name="Body">As text, or in Base64 when it is no text; at most 256 KiB of it.</param>
/// <param name="BodyTruncated">True when there is more. All of it is kept, and goes along when it is sent again.</param>
public sealed record DeadLetterDetail(DeadLetterSummary Summary, IReadOnlyDictionary<string, string> Properties, string BodyEncoding, string Body, bool BodyTruncated);

/// <summary>Where a page ends: the sort key of its last letter.</summary>
public readonly record struct DeadLetterPosition(DateTimeOffset DiedAt, Guid Id)
{
    public string ToCursor() => Paging.Cursor(FormattableString.Invariant($"{DiedAt.UtcTicks}.{Id:n}"));

    /// <summary>Reads back a cursor; absent = from the start. False when it is none of ours.</summary>
    public static bool TryParse(string? cursor, out DeadLetterPosition? position)
    {
        position = null;
        var key = Paging.Key(cursor);
        if (!key.IsSuccess || key.Value is not { } text)
        {
            return key.IsSuccess;
        }

        if (text.Split('.') is not [var ticks, var id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var utcTicks)
            || utcTicks > DateTimeOffset.MaxValue.UtcTicks
            || !Guid.TryParseExact(id, "n", out var letter))
        {
            return false;
        }

        position = new DeadLetterPosition(new DateTimeOffset(utcTicks, TimeSpan.Zero), letter);
        return true;
    }
}
