namespace McpPlatform.Mcp;

/// <summary>The levels of logs, least severe first (RFC 5424, as the protocol names them).</summary>
public static class LogLevels
{
    private static readonly string[] All = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>Whether a level is one of the protocol's.</summary>
    public static bool Has(string? level) => IndexOf(level) >= 0;

    /// <summary>Whether a message is severe enough for whoever wants this level and up. One whose level nobody knows is; nothing is for a wish that nobody knows.</summary>
    public static bool Passes(string? level, string wanted) => IndexOf(wanted) is >= 0 and var least && (IndexOf(level) is var own && (own < 0 || own >= least));

    /// <summary>Grows with severity; -1 for no level.</summary>
    internal static int IndexOf(string? level) => Array.IndexOf(All, level);
}
