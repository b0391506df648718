using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// The level of logs in one session with a legacy server. Callers say with each request what they want, and a session has one level: it is what the one client behind it wants, or as
/// verbose as any of several ever wanted; each then leaves out what it does not want.
/// </summary>
internal sealed class SessionLevel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _telling = Task.CompletedTask;
    private int _told = -1;

    /// <summary>Tells the server before a request that wants another level. Whatever comes of it, the request may follow.</summary>
    /// <param name="tell">Sends a request and drops its answer.</param>
    public ValueTask Prepare(UpstreamRequest request, UpstreamHandshake handshake, bool isExclusive, Func<UpstreamRequest, CancellationToken, Task> tell)
    {
        var isSaid = request.Method == McpMethods.SetLogLevel;
        var wanted = LogLevels.IndexOf(isSaid ? JsonMembers.Text(JsonMembers.Find(request.Params, "level"u8)) : request.LogLevel);
        if (wanted < 0 || handshake.Version.IsModern || JsonMembers.Find(handshake.Capabilities, "logging"u8).IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        lock (_gate)
        {
            if (isSaid)
            {
                _told = wanted;
            }
            else if (_told < 0 || (isExclusive ? wanted != _told : wanted < _told))
            {
                _told = wanted;
                _telling = Tell(_telling, request.LogLevel!, tell);
            }

            return _telling.IsCompleted ? ValueTask.CompletedTask : new(_telling);
        }
    }

    private static async Task Tell(Task before, string level, Func<UpstreamRequest, CancellationToken, Task> tell)
    {
        await before;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await tell(new UpstreamRequest(McpMethods.SetLogLevel, (byte[])[.. "{\"level\":"u8, .. JsonMembers.Quote(level).Span, .. "}"u8]), limit.Token);
        }
        catch (Exception failure) when (failure is UpstreamException or SessionLostException || (failure is OperationCanceledException && limit.IsCancellationRequested))
        {
            // The request that follows finds out by itself what is wrong; without its level the server sends what it likes, which is sorted out.
        }
    }
}
