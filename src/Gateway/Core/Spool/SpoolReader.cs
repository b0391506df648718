using System.Text.Json;
using McpPlatform.Contracts.Gateway;

namespace McpPlatform.Gateway.Spool;

/// <summary>Reads batches out of segments. Damage costs the damaged records and is reported; it never stops what comes after.</summary>
internal sealed class SpoolReader(CallSpool spool, IGatewayObserver observer)
{
    /// <summary>500 records or 1 MiB: what one message of the bus carries.</summary>
    public const int MaxRecords = 500;

    public const int MaxBytes = 1 << 20;

    /// <summary>One for all batches: a new one each time would be garbage of the kind that costs most. Whoever reads is alone.</summary>
    private byte[] _buffer = [];

    /// <summary>The next batch at or after a position; null when there is nothing more to read yet.</summary>
    /// <param name="end">Where to go on reading; moves over what is damaged also when there is no batch.</param>
    public SpoolBatch? Next(SpoolPosition from, out SpoolPosition end)
    {
        end = from;
        foreach (var (number, bytes, closed) in spool.Segments())
        {
            if (number < from.Segment || (number == from.Segment && from.Offset >= bytes))
            {
                continue;
            }

            var start = number == from.Segment ? from.Offset : 0;
            var records = new List<CallRecord>();
            var stop = Read(number, start, bytes, records);
            end = new SpoolPosition(number, stop);
            if (records.Count > 0)
            {
                return SpoolBatch.Create(spool.GatewayId, new SpoolPosition(number, start), end, records);
            }

            if (!closed)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Reads again what was read before.</summary>
    public SpoolBatch Again(SpoolPosition start, SpoolPosition end)
    {
        var records = new List<CallRecord>();
        Read(start.Segment, start.Offset, end.Offset, records);
        return SpoolBatch.Create(spool.GatewayId, start, end, records);
    }

    private long Read(long number, long start, long limit, List<CallRecord> records)
    {
        using var file = File.OpenHandle(spool.Folder.SegmentPath(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var wanted = (int)Math.Min(limit - start, MaxBytes);
        var buffer = _buffer = _buffer.Length >= wanted ? _buffer : new byte[Math.Max(wanted, _buffer.Length * 2)];
        var filled = RandomAccess.Read(file, buffer.AsSpan(0, wanted), start);
        var position = 0;
        while (position < filled && records.Count < MaxRecords)
        {
            var whole = SpoolFrame.TryRead(buffer.AsSpan(position, filled - position), out var payload, out var length);
            if (whole && Parse(payload) is { } record)
            {
                records.Add(record);
            }
            else if (length == 0)
            {
                if (position > 0 && start + filled < limit)
                {
                    // The buffer ends within a frame, not the segment.
                    break;
                }

                observer.SpoolDamaged(number, start + position, limit - start - position);
                return limit;
            }
            else
            {
                observer.SpoolDamaged(number, start + position, length);
            }

            position += length;
        }

        return start + position;
    }

    private static CallRecord? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, CallRecordJson.Default.CallRecord);
        }
        catch (JsonException)
        {
            // Reported by the caller as damage: the checksum was right, so another version wrote it.
            return null;
        }
    }
}
