using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Caching;

/// <summary>
/// Answers requests by what is kept, and makes equal requests under way one. Comes after the decision for each caller: what is kept never widens who may have it. A hit takes nothing of
/// the server's rates and places, since the server does nothing for it.
/// </summary>
/// <param name="shared">What gateways share; null: each has its memory only.</param>
public sealed class CachedCalls(ResultCache cache, TimeProvider time, ISharedResults? shared = null)
{
    /// <summary>In <c>_meta</c> of a result that another request caused.</summary>
    public const string MetaKey = "mcpplatform/cache";

    /// <summary>30 s: as long as a server that says nothing of how long its results are good is taken at that; a server that begins to is found out within it.</summary>
    private static readonly TimeSpan HopelessFor = TimeSpan.FromSeconds(30);

    private static readonly MemberEdit MetaEdit = MemberEdit.Edit("_meta");
    private static readonly MemberEdit NoteEdit = MemberEdit.Set(MetaKey, default);
    private static readonly MemberEdit TtlEdit = MemberEdit.Set("ttlMs", default);

    private readonly ConcurrentDictionary<(Guid TenantId, CacheKey Key), Flight> _flights = new();

    /// <summary>Requests of a tenant that wait for an equal one under way.</summary>
    public int Waiting(Guid tenantId) => _flights.Where(flight => flight.Key.TenantId == tenantId).Sum(flight => flight.Value.Followers);

    /// <summary>Null: its answer comes from the server, and is nobody else's. So it is while an operator keeps calls away from the server: what is kept would hide that.</summary>
    internal Cacheable? Of(ToolCall call) =>
        cache.IsOff || Cacheable.Of(call) is not { } cacheable || Array.TrueForAll(call.Route!.Endpoints, static endpoint => endpoint.IsForcedOpen) ? null : cacheable;

    /// <summary>
    /// What answers the call, from what is kept, from an equal request, or from the server by way of <paramref name="fly"/>. Null: it goes to the server itself. Throws
    /// <see cref="OperationCanceledException"/> only when the caller cancelled.
    /// </summary>
    internal async ValueTask<FlightEnd?> Run(
        ToolCall call, Cacheable cacheable, Func<ToolCall, CancellationToken, ValueTask<FlightEnd>> fly, CancellationToken cancellationToken)
    {
        if (Find(call, cacheable) is { } kept)
        {
            return kept.IsHopeless ? null : Hit(call, kept);
        }

        // Who has less patience than others, or fewer attempts, cannot wait with them, nor they with it; what it brings is kept all the same.
        var isAlone = !call.Timers.IsEmpty || call.MaxAttempts != int.MaxValue;
        var (name, own) = ((call.Caller.TenantId, cacheable.Flight), new Flight(cache.Bounds.MaxFollowers));
        var flight = isAlone ? own : _flights.GetOrAdd(name, own);
        if (flight == own)
        {
            return await Lead(call, cacheable, flight, name, fly, cancellationToken);
        }

        if (!flight.TryJoin())
        {
            return Missed(call, FlightEnd.GoAlone);
        }

        var end = await flight.Follow(cancellationToken);
        if (end.Result is not { } result)
        {
            call.Secrets = end.Secrets;
            return Missed(call, end);
        }

        if (!result.IsShared && result.Key != cacheable.Own)
        {
            return Missed(call, FlightEnd.GoAlone);
        }

        return Used(call, CacheUse.Coalesced, new CacheNote(CacheUse.Coalesced, Left: Left(result)), end);
    }

    /// <summary>A kept result as this caller gets it: it says that it is kept, and what is left of its time.</summary>
    internal static UpstreamAnswer Answer(ToolCall call, KeptResult result)
    {
        if (call.Cache is not { Use: not CacheUse.Miss } note)
        {
            return new UpstreamAnswer(result.Payload);
        }

        var says = string.Create(CultureInfo.InvariantCulture, $$"""{"status":"{{note.Use.Name()}}","ageMs":{{(long)note.Age.TotalMilliseconds}}}""");
        var edited = new PooledBuffer(result.Payload.Length + 128);
        JsonSplice.Write(
            result.Payload.Span,
            [
                MetaEdit.With((IReadOnlyList<MemberEdit>)[NoteEdit.With(Encoding.ASCII.GetBytes(says))]),
                .. result.SaysTtl ? [TtlEdit.With(Encoding.ASCII.GetBytes(((long)note.Left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)))] : (MemberEdit[])[],
            ],
            edited);
        return new UpstreamAnswer(edited);
    }

    private KeptResult? Find(ToolCall call, Cacheable cacheable) =>
        cache.Find(call.Caller.TenantId, cacheable.Own) ?? (cacheable.MayShare ? cache.Find(call.Caller.TenantId, cacheable.Shared) : null);

    /// <summary>What a process says is of this gateway's own: another one may start another program by the same name.</summary>
    private static bool IsShareable(ToolCall call) => !call.Route!.IsProcess;

    /// <summary>What another gateway kept, from now on kept here as well. Who has little time does not wait for a second place.</summary>
    private async ValueTask<KeptResult?> FindShared(ToolCall call, Cacheable cacheable, CancellationToken cancellationToken)
    {
        if (!IsShareable(call) || !call.Timers.IsEmpty || await shared!.Find(call.Caller.TenantId, cacheable.Names, cancellationToken) is not { } found)
        {
            return null;
        }

        var left = (found.For < cache.Bounds.MaxTtl ? found.For : cache.Bounds.MaxTtl) - found.Age;
        var epoch = call.Route!.CacheEpoch;
        if (left <= TimeSpan.Zero || cacheable.Epoch != epoch.Number || !epoch.IsOlderThan(found.Age + found.Took, time))
        {
            return null;
        }

        var result = Made(call, cacheable, found.Name, found.Payload, new Freshness(left, found.Name == cacheable.Shared, found.SaysTtl), found.Age);
        cache.Keep(call.Caller.TenantId, result);
        return result;
    }

    private async ValueTask<FlightEnd> Lead(
        ToolCall call,
        Cacheable cacheable,
        Flight flight,
        (Guid TenantId, CacheKey Key) name,
        Func<ToolCall, CancellationToken, ValueTask<FlightEnd>> fly,
        CancellationToken cancellationToken)
    {
        flight.Start(
            call,
            async (own, token) =>
            {
                // The flight before may have landed between the look at what is kept and this one's start.
                if (Find(own, cacheable) is { IsHopeless: false } kept)
                {
                    return new FlightEnd(kept);
                }

                if (shared is not null && await FindShared(own, cacheable, token) is { } found)
                {
                    return new FlightEnd(found) { IsFromShared = true };
                }

                var askedAt = time.GetTimestamp();
                return Land(own, cacheable, flight, await fly(own, token), askedAt);
            },
            () => _flights.TryRemove(KeyValuePair.Create(name, flight)));
        var end = await flight.Lead(cancellationToken);
        (call.Secrets, call.Tightest) = (end.Secrets, end.Tightest ?? call.Tightest);
        return end switch
        {
            { Result: { } found, Secrets: null } => Hit(call, found, end.IsFromShared),
            { Result: { } result } => Used(call, CacheUse.Miss, new CacheNote(CacheUse.Miss, Left: Left(result), IsStored: end.IsStored), end),
            _ when cacheable.Declared is null => end,
            _ => Missed(call, end),
        };
    }

    /// <summary>Keeps what may be kept of what a server answered.</summary>
    private FlightEnd Land(ToolCall call, Cacheable cacheable, Flight flight, FlightEnd end, long askedAt)
    {
        if (end.Answer is not { IsError: false } answer || flight.IsPersonal)
        {
            return end;
        }

        var isCurrent = cacheable.Epoch == call.Route!.CacheEpoch.Number;
        if (Freshness.Of(answer.Payload.Span, cacheable.Declared, cache.Bounds.MaxTtl) is not { } fresh)
        {
            if (cacheable.Declared is null && isCurrent)
            {
                cache.Keep(call.Caller.TenantId, Made(call, cacheable, cacheable.Own, default, new Freshness(HopelessFor, false, false)));
            }

            return end;
        }

        if (!isCurrent)
        {
            return end;
        }

        using (answer)
        {
            end.Secrets?.Conceal(answer.Payload);
            var isShared = fresh.IsShared && cacheable.MayShare;
            var result = Made(call, cacheable, isShared ? cacheable.Shared : cacheable.Own, answer.Payload.ToArray(), fresh with { IsShared = isShared });
            var isStored = cache.Keep(call.Caller.TenantId, result);
            if (isStored && shared is not null && IsShareable(call))
            {
                shared.Keep(call.Caller.TenantId, new SharedResult(result.Key, result.Payload, result.SaysTtl, fresh.For, time.GetElapsedTime(askedAt)));
            }

            return end with { Answer = null, Result = result, IsStored = isStored, Secrets = end.Secrets ?? Redaction.KnownSecrets.None };
        }
    }

    private KeptResult Made(ToolCall call, Cacheable cacheable, CacheKey key, ReadOnlyMemory<byte> payload, Freshness fresh, TimeSpan age = default)
    {
        var now = time.GetTimestamp();
        return new KeptResult(key, payload)
        {
            ServerId = call.Route!.ServerId,
            Tag = cacheable.Tag,
            Method = call.Method,
            Target = call.Target!,
            IsShared = fresh.IsShared,
            SaysTtl = fresh.SaysTtl,
            StoredAt = now - Ticks(age),
            ExpiresAt = now + Ticks(fresh.For),
        };
    }

    private FlightEnd Hit(ToolCall call, KeptResult kept, bool isFromShared = false) =>
        Used(call, CacheUse.Hit, new CacheNote(CacheUse.Hit, time.GetElapsedTime(kept.StoredAt), Left(kept), IsFromShared: isFromShared), new FlightEnd(kept));

    private FlightEnd Missed(ToolCall call, FlightEnd end) => Used(call, CacheUse.Miss, new CacheNote(CacheUse.Miss), end);

    private FlightEnd Used(ToolCall call, CacheUse use, CacheNote note, FlightEnd end)
    {
        call.Cache = note;
        cache.Count(call.Caller.TenantId, use, note.IsFromShared);
        return end;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Left(KeptResult result) => time.GetElapsedTime(time.GetTimestamp(), result.ExpiresAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
