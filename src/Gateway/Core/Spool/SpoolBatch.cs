using System.Security.Cryptography;
using System.Text;
using McpPlatform.Contracts.Gateway;

namespace McpPlatform.Gateway.Spool;

/// <summary>A run of records within one segment, sent and stored as a whole.</summary>
/// <param name="BatchId"><c>{gateway}/{segment}/{start}-{end}</c>. The end is part of it: after a restart a batch may begin at the same place and be longer.</param>
/// <param name="EventId">Derived from <paramref name="BatchId"/>: the same batch sent twice is one event.</param>
public sealed record SpoolBatch(Guid EventId, string BatchId, SpoolPosition Start, SpoolPosition End, IReadOnlyList<CallRecord> Records)
{
    /// <summary>Names a batch of one spool.</summary>
    public static SpoolBatch Create(string gatewayId, SpoolPosition start, SpoolPosition end, IReadOnlyList<CallRecord> records)
    {
        var id = FormattableString.Invariant($"{gatewayId}/{start.Segment}/{start.Offset}-{end.Offset}");
        return new SpoolBatch(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)), id, start, end, records);
    }
}
