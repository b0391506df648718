namespace McpPlatform.Cli.Diagnosis;

internal enum Verdict
{
    Ok,

    /// <summary>Not looked at, because the key may not, or something before it fails.</summary>
    Skipped,

    /// <summary>It works, and not as it should.</summary>
    Warning,

    Failed,
}

/// <summary>What one look at the platform found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="What">Was found, for people.</param>
/// <param name="Fix">What to do about it; empty when there is nothing to do.</param>
internal sealed record Finding(Verdict Verdict, string Check, string What, string Fix = "")
{
    /// <summary>As it is printed.</summary>
    public string Mark => Verdict switch
    {
        Verdict.Ok => "ok  ",
        Verdict.Skipped => "skip",
        Verdict.Warning => "warn",
        _ => "FAIL",
    };
}
