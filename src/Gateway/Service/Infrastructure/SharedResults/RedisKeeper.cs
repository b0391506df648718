using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>
/// Keeps a connection to the Redis, and knows when to leave it alone: who asks while it is away is told so at once, and only this loop waits for it. One that connects but does not serve
/// is let go after a few time-outs in a row; each time the pause before the next try grows.
/// </summary>
internal sealed partial class RedisKeeper(IOptions<GatewayRedisOptions> options, TimeProvider time, ILogger<RedisKeeper> logger) : BackgroundService
{
    /// <summary>3: one may be a pause of its own garbage, three in a row are not.</summary>
    private const int MostTimeouts = 3;

    /// <summary>2 s: for a connection with TLS to the other end of a continent.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>5 s: how old the round trip may be that operators are shown.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(5);

    private static readonly ReadOnlyMemory<byte> Ping = "*1\r\n$4\r\nPING\r\n"u8.ToArray();

    private RedisLink? _link;
    private int _timeouts;
    private long _roundTrip;

    /// <summary>Null while it is away.</summary>
    public RedisLink? Link => Volatile.Read(ref _link);

    /// <summary>Of the last one that was measured; null while it is away.</summary>
    public TimeSpan? RoundTrip => Link is null ? null : TimeSpan.FromTicks(Volatile.Read(ref _roundTrip));

    /// <summary>It answered.</summary>
    public void Answered() => Volatile.Write(ref _timeouts, 0);

    /// <summary>It did not, in time.</summary>
    public void TimedOut(RedisLink link)
    {
        if (Interlocked.Increment(ref _timeouts) == MostTimeouts)
        {
            link.Break("it does not answer in time");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value;
        var pause = FirstPause;
        try
        {
            for (var isKnownAway = false; ;)
            {
                var began = time.GetTimestamp();
                string? why;
                try
                {
                    // Read each time: a password in a file may have become another one.
                    var address = RedisAddress.Parse(settings.Url);
                    await using var link = await Open(address, settings.MaxEntryBytes + SealedResults.Overhead + 1, stoppingToken);
                    isKnownAway = false;
                    Reached(logger, address);
                    await Serve(link, stoppingToken);
                    stoppingToken.ThrowIfCancellationRequested();
                    why = link.Why;
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    why = e.Message;
                }

                if (!isKnownAway)
                {
                    Away(logger, why);
                    isKnownAway = true;
                }

                // One that served for long has earned a quick second try.
                pause = time.GetElapsedTime(began) > LongestPause ? FirstPause : pause;
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static async Task<RedisLink> Open(RedisAddress address, int maxBytes, CancellationToken stoppingToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        bound.CancelAfter(ConnectTimeout);
        try
        {
            return await RedisLink.Open(address, maxBytes, bound.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            throw new TimeoutException("It does not answer.");
        }
    }

    private async Task Serve(RedisLink link, CancellationToken stoppingToken)
    {
        try
        {
            Answered();
            do
            {
                var asked = time.GetTimestamp();
                if (await link.Ask(Ping, 1).WaitAsync(ConnectTimeout, time, stoppingToken) is null)
                {
                    return;
                }

                Volatile.Write(ref _roundTrip, time.GetElapsedTime(asked).Ticks);
                Volatile.Write(ref _link, link);
            }
            while (await Stands(link, stoppingToken));
        }
        finally
        {
            Volatile.Write(ref _link, null);
        }
    }

    /// <summary>Waits for the next look; false when the connection ended meanwhile.</summary>
    private async Task<bool> Stands(RedisLink link, CancellationToken stoppingToken) =>
        await Task.WhenAny(link.Ended, Task.Delay(PingInterval, time, stoppingToken)) != link.Ended && !stoppingToken.IsCancellationRequested;

    [LoggerMessage(Level = LogLevel.Information, Message = "Results are shared with other gateways at {Address}.")]
    private static partial void Reached(ILogger logger, RedisAddress address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Results are not shared with other gateways, Redis is away ({Why}). Each goes on with its own; it is tried again.")]
    private static partial void Away(ILogger logger, string? why);
}
