namespace McpPlatform.Gateway.Spool;

/// <summary>
/// What of the spool is sent, what tracing has committed, and what has to be sent again. A segment goes when all of it is committed. For one sender; not
/// thread-safe. After a restart, whatever was not known to be committed is sent again: storing a record twice stores it once.
/// </summary>
public sealed class SpoolOutbox
{
    /// <summary>64 batches on the way: 64 MiB at most in the bus; beyond that tracing is behind, and the disk is the better place.</summary>
    private const int MaxOnTheWay = 64;

    private readonly CallSpool _spool;
    private readonly SpoolReader _reader;
    private readonly TimeProvider _time;
    private readonly TimeSpan _resendAfter;
    private readonly SortedDictionary<SpoolPosition, Sent> _onTheWay = [];
    private SpoolPosition _read;
    private SpoolPosition _committed;

    /// <param name="resendAfter">How long a batch may be on the way before it is sent again.</param>
    public SpoolOutbox(CallSpool spool, TimeSpan resendAfter, IGatewayObserver observer, TimeProvider time)
    {
        (_spool, _resendAfter, _time) = (spool, resendAfter, time);
        _reader = new SpoolReader(spool, observer);
        _read = _committed = spool.Folder.LoadCommitted();
    }

    /// <summary>Event ids of the batches that were sent and are not known to be committed, at most 64.</summary>
    public IReadOnlyList<Guid> Awaited() => [.. _onTheWay.Values.Select(sent => sent.EventId)];

    /// <summary>The next batch to send: an overdue one first, else a new one. Null when there is nothing to send now.</summary>
    public SpoolBatch? Next()
    {
        foreach (var (start, sent) in _onTheWay)
        {
            if (_time.GetElapsedTime(sent.At) >= _resendAfter)
            {
                return _reader.Again(start, sent.End);
            }
        }

        if (_onTheWay.Count >= MaxOnTheWay)
        {
            return null;
        }

        var batch = _reader.Next(_read, out var end);
        if (batch is null)
        {
            _read = end;
            Advance();
        }

        return batch;
    }

    /// <summary>The bus has taken a batch.</summary>
    public void MarkSent(SpoolBatch batch)
    {
        _onTheWay[batch.Start] = new Sent(batch.EventId, batch.End, _time.GetTimestamp());
        _read = batch.End > _read ? batch.End : _read;
    }

    /// <summary>Tracing has stored these for good. Ids that are not awaited are ignored.</summary>
    public void MarkCommitted(IReadOnlyCollection<Guid> eventIds)
    {
        var known = eventIds as ISet<Guid> ?? new HashSet<Guid>(eventIds);
        foreach (var start in _onTheWay.Where(entry => known.Contains(entry.Value.EventId)).Select(entry => entry.Key).ToList())
        {
            _onTheWay.Remove(start);
        }

        Advance();
    }

    /// <summary>Everything before the first batch on the way is committed: remember how far that is, and delete the segments it covers.</summary>
    private void Advance()
    {
        var committed = _onTheWay.Count > 0 ? _onTheWay.First().Key : _read;
        if (committed > _committed)
        {
            _committed = committed;
            _spool.Folder.SaveCommitted(committed);
        }

        foreach (var (number, bytes, closed) in _spool.Segments())
        {
            if (closed && (number < _committed.Segment || (number == _committed.Segment && _committed.Offset >= bytes)))
            {
                _spool.Delete(number);
            }
        }
    }

    private readonly record struct Sent(Guid EventId, SpoolPosition End, long At);
}
