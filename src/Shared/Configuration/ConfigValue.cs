namespace McpPlatform.Configuration;

/// <summary>One value as it is in force.</summary>
/// <param name="Text"><see cref="Hidden"/> for what is secret.</param>
/// <param name="Origin">File and line, or the variable that set it.</param>
/// <param name="Via">Variables or the file that the value was taken from; empty when it is as written.</param>
public sealed record ConfigValue(string Path, string Text, string Origin, string Via)
{
    public const string Hidden = "***";
}
