using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Gateway;

/// <summary>Section <c>Gateway</c>. The largest body is <c>Limits__MaxBodyBytes</c>, as everywhere.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>What this gateway is called in call records and batches. Default: the host's name.</summary>
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,64}$", ErrorMessage = "Gateway__Name must be 1 to 64 letters, digits, '.', '_' or '-'.")]
    public string Name { get; set; } = HostName();

    /// <summary>
    /// Where this replica keeps its snapshots and its spool. Default: <c>gateway</c> in the data folder. Replicas that share a data folder (and with it the keys of their
    /// sessions) need one each: a second process on the same spool does not start.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>
    /// How the other gateways reach this one for sessions that it owns: the address of its internal listener, such as <c>http://gateway-1:8081</c>. Default: made of
    /// <c>Listen__InternalHost</c> and port; the host's name where that is every address.
    /// </summary>
    [RegularExpression("^https?://[^/]{1,180}/?$", ErrorMessage = "Gateway__AdvertisedAddress must be http(s)://host[:port].")]
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// The operator's file with the launchers of stdio servers. Default: the first of <c>mcpplatform.yaml</c> in the working directory, in the user's
    /// configuration folder (<c>mcpplatform/</c>) and in <c>/etc/mcpplatform</c>.
    /// </summary>
    public string? ConfigFile { get; set; }

    /// <summary>
    /// A JSON file with client profiles by name, beside the built-in ones or in their place (docs/agents.md). Read at start; a mistake in it keeps the gateway from starting, so that no client
    /// gets lists that it cannot take. Default: none.
    /// </summary>
    public string? ProfilesFile { get; set; }

    /// <summary>Requests per second of a key that has no rate of its own, all gateways together. Default 100.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Gateway__RequestsPerSecond must be between 1 and 1000000.")]
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>Requests at once after a pause, of such a key. Default 200: an agent that fans out.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Gateway__Burst must be between 1 and 1000000.")]
    public int Burst { get; set; } = 200;

    /// <summary>Calls of one server under way at once at this gateway, where the server says nothing else. Default 256: more of them at once make no server faster.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__MaxConcurrencyPerServer must be between 1 and 100000.")]
    public int MaxConcurrencyPerServer { get; set; } = 256;

    /// <summary>Calls of one tenant under way at once at this gateway, where the tenant has no number of its own. Default 1024: four busy servers.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__MaxConcurrencyPerTenant must be between 1 and 100000.")]
    public int MaxConcurrencyPerTenant { get; set; } = 1024;

    /// <summary>
    /// What the tool sets of one tenant may hold beside what is their servers': definitions that they change, and their lists (128 bytes for each item of each set). Default 256 MiB: two hundred sets of
    /// ten thousand tools each. Beyond, changed definitions are made for each list instead of once, and a set whose lists have no room is not served.
    /// </summary>
    [Range(0L, 1L << 40, ErrorMessage = "Gateway__MaxToolSetBytesPerTenant must be between 0 and 1099511627776.")]
    public long MaxToolSetBytesPerTenant { get; set; } = 256L * 1024 * 1024;

    /// <summary>Calls that wait for their turn at one server, or in one tenant; further ones are refused at once. Default 1024; 0 = nobody waits.</summary>
    [Range(0, 100_000, ErrorMessage = "Gateway__MaxQueue must be between 0 and 100000.")]
    public int MaxQueue { get; set; } = 1024;

    /// <summary>Longest wait for a turn; a call's own total holds as well. Default 10 s: a caller that is refused can go elsewhere, one that waits cannot.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "Gateway__QueueTimeout must be between 00:00:00 and 00:10:00.")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for a TCP connection to a server. Default 2 s: a live host on another continent answers within one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Gateway__ConnectTimeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait until a server has answered the handshake, its start included. Default 60 s: the first start of a package that has to be fetched.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Gateway__StartTimeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for the head of a server's response, where there is HTTP. Default 30 s: few servers send it long before the first byte.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "Gateway__HeadersTimeout must be between 00:00:00.1 and 01:00:00.")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the first byte of a call's answer. Default 30 s: the longest call in the sample workload takes 12 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "Gateway__FirstByteTimeout must be between 00:00:00.1 and 01:00:00.")]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence between two signs of life of a call. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "Gateway__IdleTimeout must be between 00:00:00.1 and 01:00:00.")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest call, all attempts and the pauses between them included, whatever it reports meanwhile. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Gateway__TotalTimeout must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most attempts at one call, the first included; 1 = nothing is tried again. Default 3: what two more do not mend, more do not mend either.</summary>
    [Range(1, 10, ErrorMessage = "Gateway__MaxAttempts must be between 1 and 10.")]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How long a client of the modern era may take to answer what a server asks. Default 10 min: people are asked.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00", ErrorMessage = "Gateway__InputPatience must be between 00:00:10 and 1.00:00:00.")]
    public TimeSpan InputPatience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Calls of one principal that wait for its answer to a server's question; over it the one that waits longest is ended. Default 100.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__MaxHeldCalls must be between 1 and 100000.")]
    public int MaxHeldCalls { get; set; } = 100;

    /// <summary>Failed calls in a row after which an endpoint is left alone. Default 5: fewer would let a bad moment take it out.</summary>
    [Range(1, 1000, ErrorMessage = "Gateway__BreakerFailures must be between 1 and 1000.")]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>How long it is left alone before one call may try it; doubled each time that call fails, up to a minute. Default 5 s: a restart takes that long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Gateway__BreakerOpenFor must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan BreakerOpenFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often endpoints are asked whether they are there: those that are left alone, and those with a standing connection on which nothing was answered meanwhile.
    /// Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "01:00:00", ErrorMessage = "Gateway__ProbeInterval must be between 00:00:00.2 and 01:00:00.")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer of a server that is passed on, in bytes. Default 10 MiB (10485760).</summary>
    [Range(1024, 1 << 30, ErrorMessage = "Gateway__MaxResponseBytes must be between 1024 and 1073741824.")]
    public int MaxResponseBytes { get; set; } = 10 << 20;

    /// <summary>
    /// Most bytes of one call's event stream, progress and all, before it is given up. Default 64 MiB (67108864): six answers of the largest size; a server that
    /// reports without end would else cost its full rate until <see cref="TotalTimeout"/>.
    /// </summary>
    [Range(1024, 1L << 40, ErrorMessage = "Gateway__MaxStreamBytes must be between 1024 and 1099511627776.")]
    public long MaxStreamBytes { get; set; } = 64L << 20;

    /// <summary>A connection that nobody used for this long is closed; the next call opens it again. Default 15 min: a stdio server takes 65 to 210 MiB.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00", ErrorMessage = "Gateway__IdleStop must be between 00:00:10 and 7.00:00:00.")]
    public TimeSpan IdleStop { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Most processes of one stdio server at once. Default 16: 16 principals or sessions at work at the same time; one with scope <c>tenant</c> has one.</summary>
    [Range(1, 10_000, ErrorMessage = "Gateway__MaxInstancesPerServer must be between 1 and 10000.")]
    public int MaxInstancesPerServer { get; set; } = 16;

    /// <summary>Most processes of all stdio servers of a tenant at once. Default 64: half of what the gateway may run, so that no tenant takes it all.</summary>
    [Range(1, 10_000, ErrorMessage = "Gateway__MaxInstancesPerTenant must be between 1 and 10000.")]
    public int MaxInstancesPerTenant { get; set; } = 64;

    /// <summary>Most processes of stdio servers at once. Default 128: with 65 to 210 MiB each they fit into 16 GiB.</summary>
    [Range(1, 10_000, ErrorMessage = "Gateway__MaxInstances must be between 1 and 10000.")]
    public int MaxInstances { get; set; } = 128;

    /// <summary>
    /// How long a stdio server may take to end, once after its input was closed and once after SIGTERM, before it is killed with all it started. Default 2 s: servers that
    /// have something to save take a moment, others hang for ever.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00", ErrorMessage = "Gateway__StopGrace must be between 00:00:00.05 and 00:01:00.")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often idle connections are closed and the processes of stdio servers compared with those that the operating system shows. Default 5 s: a look takes milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:10:00", ErrorMessage = "Gateway__ReapInterval must be between 00:00:00.2 and 00:10:00.")]
    public TimeSpan ReapInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much is kept of the error stream of each process of a stdio server, in bytes, the last of it. Default 64 KiB (65536): the trace of a crash with what led to it.</summary>
    [Range(1024, 16 << 20, ErrorMessage = "Gateway__StderrBytes must be between 1024 and 16777216.")]
    public int StderrBytes { get; set; } = 64 << 10;

    /// <summary>How often policy and registry are asked for news, whatever the bus does. Default 2 s: revocation holds within 5 s with the bus down.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Gateway__PollInterval must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a policy rules that its service could not confirm; then calls are denied. Default 15 min: an upgrade of the control plane, with room.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00", ErrorMessage = "Gateway__MaxStaleness must be between 00:00:10 and 7.00:00:00.")]
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Most bytes of call records on disk that tracing has not stored yet. Default 1 GiB (1073741824): a day of tracing away at ten calls a second.</summary>
    [Range(16L << 20, 1L << 40, ErrorMessage = "Gateway__SpoolMaxBytes must be between 16777216 (two segments) and 1099511627776.")]
    public long SpoolMaxBytes { get; set; } = 1L << 30;

    /// <summary>A batch of call records that tracing has not confirmed after this long is sent again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Gateway__ResendAfter must be between 00:00:01 and 01:00:00.")]
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How clients reach the MCP endpoints: scheme, host and, where a proxy takes it away, a path. It is in what 401s and the documents about endpoints say (RFC 9728).
    /// Default: the address of each request, which is another behind a proxy that ends TLS or changes the Host header.
    /// </summary>
    [RegularExpression("^https?://[^/?#\"\\s@]{1,255}(/[^?#\"\\s]{0,255})?$", ErrorMessage = "Gateway__PublicAddress must be http(s)://host[:port][/path].")]
    public string? PublicAddress { get; set; }

    /// <summary>What documents about endpoints call this platform. Default <c>McpPlatform</c>.</summary>
    [Required, StringLength(200, ErrorMessage = "Gateway__ResourceName must be 1 to 200 characters.")]
    public string ResourceName { get; set; } = "McpPlatform";

    /// <summary>
    /// Issuers whose tokens the MCP endpoints take, for the documents about endpoints (<c>authorization_servers</c>). Default none, and then the documents name none: keys
    /// are made by the platform.
    /// </summary>
    [Issuers]
    public IList<string> AuthorizationServers { get; set; } = [];

    /// <summary>Origins (<c>scheme://host[:port]</c>) whose browser pages may call MCP endpoints and the client API. Default none: agents send no Origin.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Host names accepted on loopback besides the loopback ones, for a proxy on the same machine that keeps the Host header. Default none.</summary>
    public IList<string> AllowedHosts { get; set; } = [];

    private static string HostName() =>
        new([.. Environment.MachineName.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]);
}
