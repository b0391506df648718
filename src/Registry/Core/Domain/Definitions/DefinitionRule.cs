namespace McpPlatform.Registry.Domain;

/// <summary>What becomes of definitions that a server adds or changes.</summary>
/// <param name="Quarantine">True: withheld until somebody accepts them. False: served as they come.</param>
/// <param name="TrustFirstUse">Under quarantine: what is there at first is accepted unless it is flagged. False: that, too, waits.</param>
public sealed record DefinitionRule(bool Quarantine, bool TrustFirstUse = true)
{
    public const string Auto = "auto";
    public const string Withhold = "quarantine";

    /// <summary>Brings back what the operator's option says.</summary>
    public const string Default = "default";

    public string Name => Quarantine ? Withhold : Auto;
}
