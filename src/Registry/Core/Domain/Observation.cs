namespace McpPlatform.Registry.Domain;

/// <summary>What was seen when a server was last looked at, and when that is due again.</summary>
public sealed class Observation
{
    public const int MaxMessageLength = 512;
    public const int MaxNameLength = 256;

    public ServerHealth Health { get; private set; }

    /// <summary>Why it is unhealthy, or what of its lists is left out, for people; empty when there is nothing to say.</summary>
    public string Message { get; private set; } = "";

    public string ProtocolVersion { get; private set; } = "";

    /// <summary>The server's own name and version.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>SHA-256 over the tools' names and hashes; empty before the first success.</summary>
    public string CatalogHash { get; private set; } = "";

    public int ToolCount { get; private set; }

    public DateTimeOffset? At { get; private set; }

    /// <summary>When it is looked at next; whoever looks moves it ahead, which keeps others away meanwhile.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>How often in a row it was unhealthy; spaces out the next looks.</summary>
    public int Failures { get; private set; }

    internal void Due(DateTimeOffset at) => DueAt = at;

    /// <summary>It answered. A declared capability with an empty list is unhealthy all the same.</summary>
    /// <param name="remark">What of its lists is left out; empty when all of it is taken.</param>
    public void Answered(string protocolVersion, string serverName, bool toolsDeclared, int toolCount, string catalogHash, string remark, DateTimeOffset now)
    {
        var empty = toolsDeclared && toolCount == 0;
        (ProtocolVersion, ServerName, CatalogHash, ToolCount) = (protocolVersion, Cut(serverName, MaxNameLength), catalogHash, toolCount);
        (Health, Message) = empty
            ? (ServerHealth.Unhealthy, Cut($"The server declares tools, but its list is empty. {remark}".TrimEnd(), MaxMessageLength))
            : (ServerHealth.Healthy, Cut(remark, MaxMessageLength));
        (At, Failures) = (now, empty ? Failures + 1 : 0);
    }

    /// <summary>It did not answer as it should. The last good catalog stays.</summary>
    public void Failed(string message, DateTimeOffset now) =>
        (Health, Message, At, Failures) = (ServerHealth.Unhealthy, Cut(message, MaxMessageLength), now, Failures + 1);

    /// <summary>
    /// Plans the next look: after <paramref name="interval"/>, varied by up to a tenth so that servers do not come all at once; after failures sooner,
    /// from 5 s doubling up to the interval.
    /// </summary>
    public void PlanNext(DateTimeOffset now, TimeSpan interval, double random)
    {
        var wait = Failures == 0 ? interval : TimeSpan.FromSeconds(Math.Min(interval.TotalSeconds, 5 * Math.Pow(2, Math.Min(Failures - 1, 20))));
        DueAt = now + (wait * (0.9 + (random * 0.2)));
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
