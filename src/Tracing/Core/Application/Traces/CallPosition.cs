using System.Globalization;
using McpPlatform.Kernel;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>Where a page ends: the sort key of its last call.</summary>
public readonly record struct CallPosition(DateTimeOffset StartedAt, Guid Id)
{
    public string ToCursor() => Paging.Cursor(FormattableString.Invariant($"{StartedAt.UtcTicks}.{Id:n}"));

    /// <summary>Reads back a cursor; absent = from the start. False when it is none of ours.</summary>
    public static bool TryParse(string? cursor, out CallPosition? position)
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
            || !Guid.TryParseExact(id, "n", out var callId))
        {
            return false;
        }

        position = new CallPosition(new DateTimeOffset(utcTicks, TimeSpan.Zero), callId);
        return true;
    }
}
