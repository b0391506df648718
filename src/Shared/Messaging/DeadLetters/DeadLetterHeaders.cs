namespace McpPlatform.Messaging.DeadLetters;

/// <summary>What stands beside a message in the dead-letter queue.</summary>
internal static class DeadLetterHeaders
{
    public const string Queue = "mcpp-queue";
    public const string Kind = "mcpp-kind";
    public const string Reason = "mcpp-reason";
    public const string DiedAt = "mcpp-died-at";

    /// <summary>Headers about one delivery or one end, which do not go along when the message is sent again.</summary>
    public static bool IsOfDelivery(string name) =>
        name.StartsWith("mcpp-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("MT-Fault-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-first-death-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-last-death-", StringComparison.OrdinalIgnoreCase)
        || name is "MT-Reason" or "x-death" or "x-delivery-count" or "x-acquired-count";
}
