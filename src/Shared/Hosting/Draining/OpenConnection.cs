using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Hosting.Draining;

/// <summary>
/// One connection of a caller, as long as it is open. Its requests, one at a time, run on its token, which ends when the caller hangs up or the process may wait no longer: made once
/// per connection, so that a request costs a flag.
/// </summary>
internal sealed class OpenConnection : CancellationTokenSource
{
    private readonly ConnectionContext _context;
    private volatile IHttpResponseFeature? _response;
    private volatile bool _isBusy;

    public OpenConnection(ConnectionContext context, long openedAt)
    {
        (_context, IdleSince) = (context, openedAt);
        Closed = context.ConnectionClosed;
        Closed.UnsafeRegister(static connection => ((OpenConnection)connection!).Cancel(), this);
    }

    /// <summary>Ends when the caller hangs up.</summary>
    public CancellationToken Closed { get; }

    public bool IsBusy => _isBusy;

    /// <summary>True while a request runs whose answer can still say that the connection closes.</summary>
    public bool CanSayClose => _isBusy && _response is { HasStarted: false };

    /// <summary>When its last request ended; before the first one, when it was opened.</summary>
    public long IdleSince { get; private set; }

    /// <summary>When the request that runs, or ran last, began: a timestamp of the process's clock.</summary>
    public long StartedAt { get; private set; }

    /// <summary>The first step of every request.</summary>
    public static async Task Use(HttpContext http, RequestDelegate next, Drain drain, TimeProvider time)
    {
        if (http.Features.Get<OpenConnection>() is not { } connection)
        {
            await next(http);
            return;
        }

        connection.StartedAt = time.GetTimestamp();
        // The server's own object, which lives as long as the connection: another thread may ask it at any time, and not the context of a request that just ends.
        connection._response = http.Features.Get<IHttpResponseFeature>();
        connection._isBusy = true;
        http.RequestAborted = connection.Token;
        if (drain.HasBegun)
        {
            http.Response.Headers.Connection = "close";
        }

        try
        {
            await next(http);
        }
        finally
        {
            connection.IdleSince = time.GetTimestamp();
            connection._isBusy = false;
        }
    }

    /// <summary>It closes as soon as it is idle; an answer that has not begun says so.</summary>
    public void RequestClose() => _context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>It ends here.</summary>
    public void Abort() => _context.Abort(new ConnectionAbortedException("The process stops."));
}
