namespace McpPlatform.Kernel;

/// <summary>What becomes of a record when a configuration is taken over.</summary>
public enum DeclaredAction
{
    Create,
    Change,

    /// <summary>It says the same, from another line: nothing that is in force changes.</summary>
    Move,
    Delete,
}

/// <summary>One record that a configuration changes.</summary>
/// <param name="Path">As the configuration names it: <c>servers.github</c>.</param>
/// <param name="Origin">File and line; of what goes, where it was.</param>
/// <param name="Members">Which members change. Never values.</param>
public sealed record DeclaredChange(DeclaredAction Action, string Path, string Origin, IReadOnlyList<string> Members);

/// <summary>What a configuration changes, all of it or nothing; empty when it is in force already.</summary>
public sealed record DeclaredPlan(IReadOnlyList<DeclaredChange> Changes)
{
    /// <summary>A file's name and a line.</summary>
    public const int MaxOriginLength = 128;

    public static string Shorten(string origin) => origin.Length <= MaxOriginLength ? origin : origin[^MaxOriginLength..];

    /// <summary>Why a name cannot be declared: somebody else has it.</summary>
    public static Error Taken(IReadOnlyList<ErrorDetail> taken) => new(ErrorKind.Conflict, "configuration.taken", "Names of the configuration belong to records that are managed elsewhere; see details. Nothing was changed.", taken);
}
