using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpPlatform.Contracts.Registry;

/// <summary>Every server of every tenant with its catalog, as gateways route by it. Served with an ETag made of <see cref="Version"/>.</summary>
/// <param name="Version">Grows with every change; a gateway never goes back to a smaller one.</param>
/// <param name="Routes">How intents are carried out; null = a registry that knows none.</param>
/// <param name="Integrations">What servers can do by their owners' word; null likewise.</param>
/// <param name="ToolSets">Virtual servers made of servers; null = none.</param>
/// <param name="VectorSpace">What the vectors of the tools are numbers of; only an embedding of the same space can be compared with them. Null = no tool has one.</param>
public sealed record RegistrySnapshot(
    long Version,
    DateTimeOffset GeneratedAt,
    IReadOnlyList<ServerEntry> Servers,
    IReadOnlyList<RouteEntry>? Routes = null,
    IReadOnlyList<IntegrationEntry>? Integrations = null,
    IReadOnlyList<ToolSetEntry>? ToolSets = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VectorSpace = null);

/// <summary>One server, with what a gateway needs to reach it.</summary>
/// <param name="Connection">How to reach it.</param>
/// <param name="Enabled">False: its tools are neither listed nor callable.</param>
/// <param name="Environment">Free label that policy rules can name (<c>prod</c>); empty = none.</param>
/// <param name="CatalogHash">SHA-256 over the tool definitions, lower-case hex; empty before the first discovery.</param>
/// <param name="MaxAttempts">Most attempts at one call, the first included (1 = never retried); null = as many as the gateway allows.</param>
/// <param name="Balancing">How calls are spread over several endpoints; null = round-robin.</param>
/// <param name="Breakers">What was ordered for the breakers of its endpoints; null or none = nothing.</param>
/// <param name="Offer">What it offers besides tools; null = not known, and nothing is offered.</param>
/// <param name="Limits">How much of it gateways let through; null = nothing was said.</param>
/// <param name="Pins">What of its lists is accepted, and nothing else is served; null = whatever it shows is.</param>
/// <param name="Cache">Which tools' results may be kept; null = of none.</param>
/// <param name="CacheClears">What was ordered to be forgotten; null = nothing ever was.</param>
public sealed record ServerEntry(
    Guid ServerId,
    Guid TenantId,
    string Slug,
    string Title,
    bool Enabled,
    string Environment,
    IReadOnlyList<string> Tags,
    ServerConnection Connection,
    string CatalogHash,
    IReadOnlyList<ToolDefinition> Tools,
    int? MaxAttempts = null,
    ServerBalancing? Balancing = null,
    IReadOnlyList<BreakerOrder>? Breakers = null,
    ServerOffer? Offer = null,
    ServerLimits? Limits = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DefinitionPin>? Pins = null,
    ServerCache? Cache = null,
    CacheClears? CacheClears = null);

/// <summary>How a gateway reaches a server.</summary>
/// <param name="Transport"><c>http</c>, <c>sse</c> or <c>stdio</c>.</param>
/// <param name="Url">Absolute http(s) address for <c>http</c> and <c>sse</c>; null for <c>stdio</c>.</param>
/// <param name="Launcher">Name of an entry of the operator's launcher file for <c>stdio</c>; null otherwise.</param>
/// <param name="AllowPrivateAddress">True when an admin allowed this server to live on a loopback, private or link-local address.</param>
/// <param name="Headers">Sent with every request (<c>http</c>, <c>sse</c>). Values are ciphertext, bound to tenant, server and <c>header:{name}</c>.</param>
/// <param name="Variables">Values for the launcher's declared variables (<c>stdio</c>). Ciphertext, bound to <c>variable:{name}</c>.</param>
/// <param name="Timeouts">Null = all as the gateway's own options say.</param>
/// <param name="Endpoints">All places at which it answers, <paramref name="Url"/> among them; null = at <paramref name="Url"/> only.</param>
/// <param name="Process">For <c>stdio</c>: how its processes live; null = one for the tenant, as the gateway's own options say.</param>
public sealed record ServerConnection(
    string Transport,
    string? Url,
    string? Launcher,
    bool AllowPrivateAddress,
    IReadOnlyList<ProtectedValue> Headers,
    IReadOnlyList<ProtectedValue> Variables,
    ServerTimeouts? Timeouts = null,
    IReadOnlyList<ServerEndpoint>? Endpoints = null,
    ServerProcess? Process = null);

/// <summary>How the processes of a <c>stdio</c> server live. Each gateway has its own.</summary>
/// <param name="Scope">
/// Who shares one: <c>tenant</c>, <c>principal</c>, <c>session</c> (a caller without a session: as <c>principal</c>), <c>call</c> (nobody), or <c>shared</c> (all tenants that name the
/// same launcher with the same variables, if the operator allows it for that launcher).
/// </param>
/// <param name="IdleStopMs">How long one may stand idle before it is stopped; null = as the gateway's option says.</param>
/// <param name="MaxInstances">Most at once; null = as the gateway's option says, which is also the most.</param>
public sealed record ServerProcess(string Scope = "tenant", int? IdleStopMs = null, int? MaxInstances = null);

/// <summary>One of several places at which a server answers (<c>http</c>, <c>sse</c>).</summary>
/// <param name="Url">Absolute http(s) address; unique within its server.</param>
/// <param name="Weight">Its share against the others', 1 to 100.</param>
public sealed record ServerEndpoint(string Url, int Weight = 1)
{
    /// <summary>32 digits of the server's id, a hyphen, 16 digits of the address's hash.</summary>
    public const int IdLength = 49;

    /// <summary>The id of an endpoint and of its breaker: the same in every process for the same server and address.</summary>
    /// <param name="address">Url, or launcher for <c>stdio</c>.</param>
    public static string IdOf(Guid serverId, string address) =>
        $"{serverId:n}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(address)).AsSpan(0, 8))}";
}

/// <summary>What somebody ordered for a breaker.</summary>
/// <param name="Address">Of its endpoint: url or launcher.</param>
/// <param name="ForcedOpen">Calls are kept away from it.</param>
/// <param name="Resets">Grows with every reset; a gateway that has seen a smaller number forgets the endpoint's failures.</param>
public sealed record BreakerOrder(string Address, bool ForcedOpen, int Resets);

/// <summary>How calls are spread over a server's endpoints.</summary>
/// <param name="Algorithm"><c>round_robin</c>, <c>least_connections</c>, <c>random</c>, <c>weighted_random</c>, <c>consistent_hash</c> or <c>peak_ewma</c>.</param>
/// <param name="HashOn">For <c>consistent_hash</c>: <c>session</c>, <c>principal</c> or <c>argument:NAME</c>.</param>
public sealed record ServerBalancing(string Algorithm, string? HashOn = null);

/// <summary>How long calls of a server may take, in milliseconds; null = what the gateway's own options say.</summary>
/// <param name="ConnectMs">For a connection to stand (<c>http</c>, <c>sse</c>).</param>
/// <param name="HeadersMs">From sending until the head of the response (<c>http</c>).</param>
/// <param name="FirstByteMs">From sending until the first byte of the answer.</param>
/// <param name="IdleMs">Between two signs of life.</param>
/// <param name="TotalMs">All attempts at a call and the pauses between them.</param>
public sealed record ServerTimeouts(int? ConnectMs = null, int? HeadersMs = null, int? FirstByteMs = null, int? IdleMs = null, int? TotalMs = null);

/// <summary>A named secret that only a holder of the master key can read.</summary>
public sealed record ProtectedValue(string Name, string Ciphertext);

/// <summary>One tool as its server defines it.</summary>
/// <param name="Name">The server's own name of it.</param>
/// <param name="Hash">SHA-256 of the definition in RFC 8785 form, lower-case hex.</param>
/// <param name="Definition">The definition, member for member as the server sent it.</param>
/// <param name="Era"><see cref="Eras.Legacy"/> or <see cref="Eras.Modern"/> when the server has it in that era only; null = in each era that it speaks.</param>
/// <param name="Needs">
/// What clients must be able to be asked for to have it, separated by spaces: <c>roots</c>, <c>sampling</c>, <c>elicitation</c>, <c>elicitation.url</c>, <c>tasks</c>; null = nothing.
/// </param>
public sealed record ToolDefinition(
    string Name,
    string Hash,
    JsonElement Definition,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Era = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Needs = null)
{
    /// <summary>What of the definition clients get in a repaired form, and how; null = nothing. Said where a server is looked at; gateways repair by themselves.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Repairs { get; init; }

    /// <summary>The definition's embedding, as <see cref="ToolVector"/> makes it; null = none. In snapshots only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadOnlyMemory<byte>? Vector { get; init; }
}
