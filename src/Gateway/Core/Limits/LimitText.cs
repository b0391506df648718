using System.Collections.Concurrent;
using System.Globalization;
using McpPlatform.Gateway.Calls;

namespace McpPlatform.Gateway.Limits;

/// <summary>
/// What answers say of one limit, by draft-ietf-httpapi-ratelimit-headers-10 (<c>RateLimit-Policy</c>, <c>RateLimit</c>) and in the three older fields that most
/// clients read. Spelled once for each number that can be left, and for limits with large bursts once for each 256th of it, rounded down: an answer allocates nothing.
/// </summary>
public sealed class LimitText
{
    private const int Steps = 256;

    /// <summary>Limits that are spelled once for all that have them; as good as all keys share a few.</summary>
    private const int MostShared = 1000;

    private static readonly ConcurrentDictionary<(LimitKind, RateLimit), LimitText> Shared = new();

    private readonly LimitKind _kind;
    private readonly RateLimit _limit;
    private readonly int _step;
    private readonly LeftText?[] _left;

    private LimitText(LimitKind kind, in RateLimit limit)
    {
        (_kind, _limit) = (kind, limit);
        _step = (limit.Burst + Steps - 1) / Steps;
        _left = new LeftText?[(limit.Burst / _step) + 1];

        // The shortest window of whole seconds in which the whole burst comes back.
        var window = Math.Max(1, Math.Ceiling(limit.Burst / limit.PerSecond));
        var quota = Math.Max(1, Math.Floor((limit.PerSecond * window) + 1e-6));
        Quota = quota.ToString("0", CultureInfo.InvariantCulture);
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{kind.Name()}\";q={quota:0};w={window:0}");
    }

    /// <summary>For <c>RateLimit-Policy</c>: so many within so many seconds.</summary>
    public string Policy { get; }

    /// <summary>For <c>RateLimit-Limit</c>.</summary>
    public string Quota { get; }

    public static LimitText Of(LimitKind kind, in RateLimit limit) =>
        Shared.TryGetValue((kind, limit), out var known) ? known
        : Shared.Count < MostShared ? Shared.GetOrAdd((kind, limit), static key => new LimitText(key.Item1, key.Item2))
        : new LimitText(kind, limit);

    /// <summary>What is said with so many left.</summary>
    public LeftText At(int left)
    {
        var step = Math.Clamp(left / _step, 0, _left.Length - 1);
        return Volatile.Read(ref _left[step]) ?? Spell(step);
    }

    private LeftText Spell(int step)
    {
        var left = step * _step;
        var seconds = Math.Max(1, Math.Ceiling((_limit.Burst - left) / _limit.PerSecond)).ToString("0", CultureInfo.InvariantCulture);
        var remaining = left.ToString(CultureInfo.InvariantCulture);
        var text = new LeftText($"\"{_kind.Name()}\";r={remaining};t={seconds}", remaining, seconds);
        Volatile.Write(ref _left[step], text);
        return text;
    }
}

/// <param name="RateLimit">Both at once, for the field of that name.</param>
/// <param name="Reset">Seconds until all of it is back.</param>
public sealed record LeftText(string RateLimit, string Remaining, string Reset);
