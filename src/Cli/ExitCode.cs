namespace McpPlatform.Cli;

/// <summary>What <c>mcpp</c> tells scripts. The values are part of its contract.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The platform refused, or what was asked for failed (a tool's error, a deployment that did not come up).</summary>
    public const int Failed = 1;

    /// <summary>Called wrongly: unknown option, missing argument, a file that is not what it should be. Nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>The platform does not answer at its address.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
