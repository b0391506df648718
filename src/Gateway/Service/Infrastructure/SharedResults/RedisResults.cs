using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using McpPlatform.Gateway.Caching;
using McpPlatform.Hosting.Security;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>Results in a Redis. Looks are bounded by the time-out; what is to be stored waits in a bounded queue, and is left out when that is full.</summary>
internal sealed partial class RedisResults : BackgroundService, ISharedResults
{
    /// <summary>1 s: nobody waits for a store.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(1);

    private static readonly byte[] GetRange = "GETRANGE"u8.ToArray();
    private static readonly byte[] Zero = "0"u8.ToArray();
    private static readonly byte[] Pttl = "PTTL"u8.ToArray();
    private static readonly byte[] Set = "SET"u8.ToArray();
    private static readonly byte[] Px = "PX"u8.ToArray();

    private readonly RedisKeeper _keeper;
    private readonly SealedResults _sealed;
    private readonly SharedResultsMetrics _metrics;
    private readonly GatewayRedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisResults> _logger;
    private readonly byte[] _last;
    private readonly Channel<Waiting> _queue;

    public RedisResults(RedisKeeper keeper, DerivedKeys keys, IOptions<GatewayRedisOptions> options, TimeProvider time, ILogger<RedisResults> logger)
    {
        (_keeper, _options, _time, _logger) = (keeper, options.Value, time, logger);
        _sealed = new SealedResults(keys, _options.KeyPrefix, time);
        _metrics = new SharedResultsMetrics(() => keeper.Link is not null);
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(_options.MaxQueue) { SingleReader = true });

        // One byte more than there may be: what is larger is somebody else's, and not read to its end.
        _last = Text(_options.MaxEntryBytes + SealedResults.Overhead);
    }

    public async ValueTask<SharedResult?> Find(Guid tenantId, CacheKey[] names, CancellationToken cancellationToken)
    {
        if (_keeper.Link is not { } link)
        {
            _metrics.Looked("away");
            return null;
        }

        var (commands, own) = (new ArrayBufferWriter<byte>(256), new byte[names.Length][]);
        for (var i = 0; i < names.Length; i++)
        {
            own[i] = _sealed.NameOf(tenantId, names[i]);
            Resp.Write(commands, GetRange, own[i], Zero, _last);
            Resp.Write(commands, Pttl, own[i]);
        }

        var began = _time.GetTimestamp();
        try
        {
            var replies = await link.Ask(commands.WrittenMemory, names.Length * 2).WaitAsync(_options.Timeout, _time, cancellationToken);
            if (replies is not null)
            {
                _keeper.Answered();
            }

            var (found, outcome) = replies is null ? (null, "failed") : First(names, own, replies);
            _metrics.Looked(outcome, _time.GetElapsedTime(began));
            return found;
        }
        catch (TimeoutException)
        {
            _metrics.Looked("timeout", _time.GetElapsedTime(began));
            _keeper.TimedOut(link);
            return null;
        }
    }

    public void Keep(Guid tenantId, SharedResult result)
    {
        if (result.Payload.Length > _options.MaxEntryBytes)
        {
            _metrics.Stored("large");
        }
        else if (!_queue.Writer.TryWrite(new Waiting(tenantId, result, _time.GetUtcNow())))
        {
            _metrics.Stored("dropped");
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _metrics.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var waiting in _queue.Reader.ReadAllAsync(stoppingToken))
            {
                _metrics.Stored(await TryStore(waiting, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what was not stored will be asked for again.
        }
    }

    private (SharedResult? Found, string Outcome) First(CacheKey[] names, byte[][] own, Reply[] replies)
    {
        var outcome = "miss";
        for (var i = 0; i < names.Length; i++)
        {
            var (value, left) = (replies[2 * i], replies[(2 * i) + 1]);
            if (value.Error is { } error)
            {
                // Something that is no string, under a name of ours; anything else is Redis' own trouble.
                outcome = error.StartsWith("WRONGTYPE", StringComparison.Ordinal) ? "unreadable" : "failed";
            }
            else if (value.Bytes is { Length: > 0 } bytes && left.Number is { } milliseconds)
            {
                // -1: it was not us who stored it, since it never expires; -2: it has just expired.
                if (milliseconds > 0 && _sealed.Open(names[i], own[i], bytes, TimeSpan.FromMilliseconds(milliseconds)) is { } found)
                {
                    return (found, "hit");
                }

                outcome = "unreadable";
            }
        }

        return (null, outcome);
    }

    private async Task<string> TryStore(Waiting waiting, CancellationToken stoppingToken)
    {
        try
        {
            return await Store(waiting, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // One result is not shared; those behind it are.
            NotStored(_logger, exception);
            return "failed";
        }
    }

    private async Task<string> Store(Waiting waiting, CancellationToken stoppingToken)
    {
        var left = waiting.Result.For - (_time.GetUtcNow() - waiting.KeptAt);
        if (_keeper.Link is not { } link || left < TimeSpan.FromMilliseconds(1))
        {
            return "away";
        }

        var name = _sealed.NameOf(waiting.TenantId, waiting.Result.Name);
        var command = new ArrayBufferWriter<byte>(waiting.Result.Payload.Length + 256);
        Resp.Write(command, Set, name, _sealed.Seal(name, waiting.Result, waiting.KeptAt), Px, Text((long)left.TotalMilliseconds));
        try
        {
            var replies = await link.Ask(command.WrittenMemory, 1).WaitAsync(StoreTimeout, _time, stoppingToken);
            return replies is [{ Text: "OK" }] ? "stored" : "failed";
        }
        catch (TimeoutException)
        {
            _keeper.TimedOut(link);
            return "failed";
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A result could not be shared with other gateways.")]
    private static partial void NotStored(ILogger logger, Exception exception);

    private static byte[] Text(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private sealed record Waiting(Guid TenantId, SharedResult Result, DateTimeOffset KeptAt);
}
