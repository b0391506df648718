using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Hosting.Draining;

/// <summary>Section <c>Drain</c>: how a process ends. <c>--drain-timeout</c> on the command line is <see cref="Timeout"/> in seconds.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>
    /// How long running requests and streams may go on after the first signal; what runs then gets an error. Default 30 s: the longest call of the sample workload
    /// takes 12 s, and orchestrators wait as long before they kill.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Drain__Timeout must be between 00:00:00 and 01:00:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long new connections are still taken after the first signal, while <c>/health</c> says 503 already. Default none. Behind a load balancer: as long as it takes to notice
    /// (in Kubernetes two periods of the readiness probe).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "Drain__Notice must be between 00:00:00 and 00:10:00.")]
    public TimeSpan Notice { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long an idle connection is kept for a last request, whose answer says that it closes; a connection that is just closed can meet a request on its way. Default 2 s:
    /// whoever works through a connection sends its next request by then.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "Drain__Linger must be between 00:00:00 and 00:10:00.")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(2);
}
