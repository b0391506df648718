namespace McpPlatform.Policy.Domain;

/// <summary>Who changed something, as records keep it.</summary>
public static class Actor
{
    public const int MaxLength = 128;

    /// <summary>The start of a longer name; the audit trail keeps more of it.</summary>
    public static string Shorten(string actor) => actor.Length <= MaxLength ? actor : actor[..MaxLength];
}
