using System.Buffers.Text;
using System.Collections.Concurrent;

namespace McpPlatform.Mcp.Upstream;

/// <summary>The requests under way on one stream of messages, by our own ids.</summary>
/// <param name="isExclusive">Whether one client stands behind the connection.</param>
internal sealed class PendingCalls(bool isExclusive)
{
    private readonly ConcurrentDictionary<long, PendingCall> _calls = new();

    public void Add(long id, PendingCall call) => _calls[id] = call;

    /// <summary>Takes a call out; null when it is over, or was taken by another one.</summary>
    public PendingCall? Take(long id) => _calls.TryRemove(id, out var call) ? call : null;

    /// <summary>The same by an id as the server writes it.</summary>
    public PendingCall? Take(ReadOnlyMemory<byte> raw) => Number(raw.Span) is { } id ? Take(id) : null;

    /// <summary>Takes out one after the other until there is none.</summary>
    public IEnumerable<PendingCall> TakeAll()
    {
        foreach (var (id, _) in _calls)
        {
            if (Take(id) is { } call)
            {
                yield return call;
            }
        }
    }

    /// <summary>The call with an id as the server writes it; null when there is none.</summary>
    public PendingCall? Find(ReadOnlyMemory<byte> raw) => Number(raw.Span) is { } id && _calls.TryGetValue(id, out var call) ? call : null;

    /// <summary>The latest that takes something. Where several clients stand behind the connection, only a request that is alone on it can be meant.</summary>
    public PendingCall? Latest(Func<PendingCall, bool> takes)
    {
        if (!isExclusive && _calls.Count > 1)
        {
            return null;
        }

        var (latest, found) = (-1L, default(PendingCall));
        foreach (var (id, call) in _calls)
        {
            if (id > latest && takes(call))
            {
                (latest, found) = (id, call);
            }
        }

        return found;
    }

    private static long? Number(ReadOnlySpan<byte> raw) => Utf8Parser.TryParse(raw, out long id, out var used) && used == raw.Length ? id : null;
}
