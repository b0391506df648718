using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Hosting;

/// <summary>
/// Section <c>Listen</c>; <c>--host</c>, <c>--port</c>, <c>--internal-host</c>, <c>--internal-port</c> on the command line. A process without the gateway has one
/// listener, <see cref="Host"/> and <see cref="Port"/>, which takes the internal credential only.
/// </summary>
public sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>Address of the public listener. Default 0.0.0.0: images and services must be reachable; <c>./run.sh</c> passes 127.0.0.1.</summary>
    [Required]
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>Port of the public listener. Default 8080.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>Address of the internal listener. Default: 127.0.0.1 when one process hosts everything, else 0.0.0.0.</summary>
    public string? InternalHost { get; set; }

    /// <summary>Port of the internal listener, which takes the internal credential only. Default 8081.</summary>
    [Range(1, 65535)]
    public int InternalPort { get; set; } = 8081;

    /// <summary>
    /// Lets several processes listen on the same ports (SO_REUSEPORT, Linux): the kernel spreads connections over them, and a restart can overlap. Default false: a
    /// second process by mistake should fail.
    /// </summary>
    public bool ReusePort { get; set; }

    /// <summary>
    /// Path of a Unix socket (Linux, at most 90 characters) over which a process takes the listening sockets of the one it replaces, and hands them to the next: both accept from one queue, so that a
    /// restart that overlaps loses no connection. Once ready it writes its id to the same path with <c>.pid</c> behind it. Default none.
    /// </summary>
    [MaxLength(90)]
    public string? Handover { get; set; }
}

/// <summary>Section <c>Limits</c>: what one request may cost.</summary>
public sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Largest request body in bytes. Default 10 MB (10,485,760): the largest document of the sample workload is 3.6 MB.</summary>
    [Range(1024, 1L << 30)]
    public long MaxBodyBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Longest a management request may take. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Management requests per second and caller (by key; by address when there is none). Default 100.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>How many may come at once on top of the rate. Default 200: a page of a console with its parallel requests.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 200;
}
