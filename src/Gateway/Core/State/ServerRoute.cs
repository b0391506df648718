using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Limits;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.State;

/// <summary>One server of one tenant, ready to be listed, decided about and called.</summary>
public sealed class ServerRoute
{
    /// <summary>Servers with this tag answer only when the call can be recorded.</summary>
    public const string AuditTag = "audit";

    private AttemptTimers? _timers;
    private string? _cacheTag;
    private uint _turn = uint.MaxValue;
    private readonly ServerSource _source;
    private readonly (TermIndex Index, ulong Names)?[] _words = new (TermIndex, ulong)?[3];

    /// <param name="before">The same server in the last snapshot: what it has left of its budget and its rates lives on.</param>
    internal ServerRoute(ServerEntry entry, ServerRoute? before, LimitRules rules)
    {
        (TenantId, ServerId, Slug, Environment, Connection) = (entry.TenantId, entry.ServerId, entry.Slug, entry.Environment, entry.Connection);
        RequiresAudit = entry.Tags.Contains(AuditTag, StringComparer.Ordinal);
        MaxAttempts = entry.MaxAttempts ?? int.MaxValue;
        Budget = before?.Budget ?? new RetryBudget();
        Spread = Spread.Of(entry.Balancing);
        (Bulkhead, Rate) = (rules.Places(entry, before?.Bulkhead), rules.Rate(entry, before?.Rate));
        var known = before?.Endpoints.ToDictionary(endpoint => endpoint.Id, endpoint => endpoint.State);
        Endpoints = [.. EndpointsOf(entry.Connection).Take(Balancer.MostEndpoints).Select((at, index) =>
            new EndpointRoute(
                this, at.Connection, at.Weight, index, entry.Breakers?.FirstOrDefault(order => order.Address == EndpointRoute.Address(at.Connection)), known?.GetValueOrDefault(EndpointRoute.IdOf(ServerId, at.Connection))))];
        Turns = TurnsOf(Endpoints);
        CacheEpoch = before?.CacheEpoch ?? new CacheEpoch();
        var pins = Pins.Of(entry.Pins);
        var tools = Array.ConvertAll(ServerSource.ToolsOf(entry), tool => new ToolRoute(this, tool, rules.Rate(entry, tool.Name, before?.ByName.GetValueOrDefault(tool.Name)?.Rate), entry.Cache, before?.ByName.GetValueOrDefault(tool.Name)));
        (Tools, WithheldTools) = Pins.Split(pins, tools);
        ByName = Tools.ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
        Legacy = Pins.Filter(pins, entry.Offer?.Legacy, Eras.Legacy);
        Modern = Pins.Filter(pins, entry.Offer?.Modern, Eras.Modern);
        OfferedRoute[][] offered = [.. ServerSource.OffersOf(entry).Select((items, kind) => Array.ConvertAll(items, item => new OfferedRoute(this, (OfferKind)kind, item)))];
        Prompts = Pins.Split(pins, offered[(int)OfferKind.Prompt]).Served;
        (Resources, WithheldResources) = Pins.Split(pins, offered[(int)OfferKind.Resource]);
        (ResourceTemplates, WithheldTemplates) = Pins.Split(pins, offered[(int)OfferKind.ResourceTemplate]);
        IsQuarantined = pins is not null;
        ToolsHash = HashOf(Tools);
        PromptsHash = HashOf(Prompts);
        ResourcesHash = HashOf([.. Resources, .. ResourceTemplates]);
        Entry = entry with { Tools = [], Offer = null };
        _source = new ServerSource(entry, tools, offered);
        if (before?.ToolsHash == ToolsHash)
        {
            before._words.CopyTo(_words, 0);
        }
    }

    /// <summary>Whether a snapshot says of it what it was made of: then it is used again, and with it all that was made of it.</summary>
    internal bool IsOf(ServerEntry entry) => _source.IsOf(entry);

    /// <summary>The words of <see cref="Tools"/>, at their indices. Made once, while the state is compiled.</summary>
    internal TermIndex Words(ToolWords of)
    {
        var names = of == ToolWords.Own ? 0 : Tools.Aggregate(0UL, (hash, tool) => StableHash.Mix(hash ^ StableHash.Of(tool.Aggregated)));
        if (_words[(int)of] is not { } known || known.Names != names)
        {
            _words[(int)of] = known = (TermIndex.Of(Tools.Select(tool => of == ToolWords.Own ? (tool.Name, tool.Definition) : (tool.Aggregated, tool.AggregatedDefinition))), names);
        }

        return known.Index;
    }

    /// <summary>What it was made of, without its lists.</summary>
    internal ServerEntry Entry { get; }

    /// <summary>What it said of changes.</summary>
    internal CacheEpoch CacheEpoch { get; }

    /// <summary>It is a process that the gateway starts, or several.</summary>
    internal bool IsProcess => Endpoints[0].IsProcess;

    /// <summary>False where a process remembers a session: what it says is that session's.</summary>
    internal bool IsCacheable => !Array.Exists(Endpoints, endpoint => endpoint.Scope == ProcessScope.Session);

    /// <summary>False where a process is one principal's: it may say something else to another.</summary>
    internal bool MayShareResults => !Array.Exists(Endpoints, endpoint => endpoint.Scope == ProcessScope.Principal);

    /// <summary>Changes with anything that its answers may depend on, and whenever somebody orders that they be forgotten.</summary>
    internal string CacheTagOf(string method, string target)
    {
        _cacheTag ??= Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            new CacheFingerprint(Connection, Environment, Entry.Cache, Entry.CacheClears?.All ?? 0, ToolsHash, PromptsHash, ResourcesHash), SnapshotJson.Default.CacheFingerprint)));
        return method == McpMethods.CallTool && Entry.CacheClears?.Tools?.GetValueOrDefault(target) is > 0 and var clears ? $"{_cacheTag}-{clears}" : _cacheTag;
    }

    /// <summary>Differs when the list of tools does.</summary>
    public ulong ToolsHash { get; }

    public ulong PromptsHash { get; }

    /// <summary>Differs when the list of resources or that of templates does.</summary>
    public ulong ResourcesHash { get; }

    public Guid TenantId { get; }

    public Guid ServerId { get; }

    public string Slug { get; }

    /// <summary>Label that policy rules can name; empty = none.</summary>
    public string Environment { get; }

    /// <summary>Whether a call must be refused rather than go unrecorded.</summary>
    public bool RequiresAudit { get; }

    public ServerConnection Connection { get; }

    /// <summary>Most attempts at one call, the first included; the gateway's own bound holds as well.</summary>
    public int MaxAttempts { get; }

    /// <summary>At least one.</summary>
    public EndpointRoute[] Endpoints { get; }

    /// <summary>How calls are spread over them.</summary>
    public Spread Spread { get; }

    /// <summary>Indices of endpoints, each as often as its weight and as evenly as can be.</summary>
    internal byte[] Turns { get; }

    /// <summary>What calls of it may retry.</summary>
    public RetryBudget Budget { get; }

    /// <summary>Its calls under way.</summary>
    public Bulkhead Bulkhead { get; }

    /// <summary>Of all its calls; null = no limit of its own.</summary>
    public RateGate? Rate { get; }

    /// <summary>By name, ordinal.</summary>
    public ToolRoute[] Tools { get; }

    public FrozenDictionary<string, ToolRoute> ByName { get; }

    /// <summary>Whether only what is accepted of its lists is served.</summary>
    public bool IsQuarantined { get; }

    /// <summary>What it shows and nobody accepted yet: neither listed nor callable.</summary>
    public ToolRoute[] WithheldTools { get; }

    private OfferedRoute[] WithheldResources { get; }

    private OfferedRoute[] WithheldTemplates { get; }

    /// <summary>How it presents itself in the legacy era; null = it does not speak that, or was not seen yet.</summary>
    public ServerFace? Legacy { get; }

    /// <summary>The same in the modern era.</summary>
    public ServerFace? Modern { get; }

    /// <summary>By name, ordinal.</summary>
    public OfferedRoute[] Prompts { get; }

    /// <summary>By URI, ordinal.</summary>
    public OfferedRoute[] Resources { get; }

    /// <summary>By URI template, ordinal.</summary>
    public OfferedRoute[] ResourceTemplates { get; }

    /// <summary>Whether a URI is one of a resource, or of the shape of a template, that is withheld. One that is accepted by itself is not.</summary>
    public bool Withholds(string uri) => (WithheldResources.Length > 0 || WithheldTemplates.Length > 0)
        && !Array.Exists(Resources, known => known.Name == uri)
        && (Array.Exists(WithheldResources, known => known.Name == uri) || Array.Exists(WithheldTemplates, known => known.Name == uri || Calls.UriTemplates.Matches(known.Name, uri)));

    private static ulong HashOf(IEnumerable<IListed> items) =>
        items.Aggregate(14695981039346656037UL, (hash, item) => ((hash ^ StableHash.Of(item.Hash)) * 1099511628211UL) + (ulong)(item.OnlyIn is { } era ? (int)era + 1 : 0) + ((ulong)item.Needs << 8));

    /// <summary>The gateway's timers with those in place that the server's entry sets. Made once.</summary>
    public AttemptTimers TimersOver(AttemptTimers defaults) => _timers ??= Connection.Timeouts is { } own
        ? new(
            Of(own.ConnectMs) ?? defaults.Connect, Of(own.HeadersMs) ?? defaults.Headers, Of(own.FirstByteMs) ?? defaults.FirstByte, Of(own.IdleMs) ?? defaults.Idle,
            Of(own.TotalMs) ?? defaults.Total)
        : defaults;

    private static TimeSpan? Of(int? milliseconds) => milliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null;

    /// <summary>The places at which a server answers, each as a connection of its own.</summary>
    public static IEnumerable<(ServerConnection Connection, int Weight)> EndpointsOf(ServerConnection connection) => connection.Endpoints is { Count: > 0 } several
        ? several.DistinctBy(endpoint => endpoint.Url, StringComparer.Ordinal).Select(endpoint => (connection with { Url = endpoint.Url, Endpoints = null }, Math.Clamp(endpoint.Weight, 1, 100)))
        : [(connection with { Endpoints = null }, 1)];

    /// <summary>The next number in a row that never ends.</summary>
    internal uint NextTurn() => Interlocked.Increment(ref _turn);

    /// <summary>Smooth weighted round-robin, played once: 5:1:1 becomes a a b a c a a.</summary>
    private static byte[] TurnsOf(EndpointRoute[] endpoints)
    {
        var divisor = endpoints.Aggregate(0, (a, endpoint) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, endpoint.Weight));
        var weights = Array.ConvertAll(endpoints, endpoint => endpoint.Weight / divisor);
        var (total, credit) = (weights.Sum(), new int[weights.Length]);
        var turns = new byte[total];
        for (var turn = 0; turn < total; turn++)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                credit[i] += weights[i];
            }

            var next = Array.IndexOf(credit, credit.Max());
            credit[next] -= total;
            turns[turn] = (byte)next;
        }

        return turns;
    }

    /// <summary>Equal for equal ways to reach a server.</summary>
    public static string HashOf(ServerConnection connection) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(connection, SnapshotJson.Default.ServerConnection)));
}

/// <summary>What a server's answers may depend on beside what it is asked.</summary>
internal sealed record CacheFingerprint(ServerConnection Connection, string Environment, ServerCache? Cache, int Clears, ulong Tools, ulong Prompts, ulong Resources);
