namespace McpPlatform.Hosting.Health;

/// <summary>Tags of health checks.</summary>
public static class HealthTags
{
    /// <summary>Made only for callers with a key: a probe every second must not turn into questions to other processes.</summary>
    public const string Detail = "detail";
}
