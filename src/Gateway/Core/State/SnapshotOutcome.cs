namespace McpPlatform.Gateway.State;

/// <summary>What became of an offered snapshot.</summary>
public enum SnapshotOutcome
{
    /// <summary>Newer: it rules from now on.</summary>
    Taken,

    /// <summary>The version that rules already: confirmed.</summary>
    Confirmed,

    /// <summary>Older, empty, or not one: ignored; what ruled before goes on.</summary>
    Refused,
}
