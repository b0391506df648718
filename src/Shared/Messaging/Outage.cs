using System.Data.Common;
using System.Net;

namespace McpPlatform.Messaging;

/// <summary>Tells a message that cannot be handled from a time at which nothing can: the database, another service or the disk is away.</summary>
internal static class Outage
{
    /// <summary>True when anything in the chain of causes (EF wraps what Npgsql throws) will pass without anybody touching the message.</summary>
    public static bool Is(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AggregateException { InnerExceptions.Count: > 1 } several)
            {
                return several.InnerExceptions.Any(Is);
            }

            if (IsOne(cause))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOne(Exception cause) => cause switch
    {
        DbException database => database.IsTransient || IsAway(database.SqlState),
        HttpRequestException http => http.StatusCode is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        // These say that something named in the message is missing or short, which waiting does not change.
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or EndOfStreamException => false,
        TimeoutException or IOException => true,
        _ => false,
    };

    // 08: no connection. 53: no disk, memory or connection left. 57P: shutting down or starting. 25006: a replica answers. 28, 3D000: a role or a database
    // that is being restored or rotated.
    private static bool IsAway(string? state) =>
        state is not null
        && (state is "25006" or "3D000" || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("28", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal));
}
