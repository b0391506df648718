namespace McpPlatform.Registry.Domain;

/// <summary>Names of what callers want done: <c>weather.forecast</c>, <c>tickets-create</c>.</summary>
public static class Intent
{
    public const int MaxLength = 63;

    public const string Rule = "must be 1 to 63 of a-z, 0-9, '.', '-' and '_', starting and ending with a letter or digit";

    public static bool IsValid(string? text) =>
        text is { Length: >= 1 and <= MaxLength } && IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && text.All(c => IsAlphanumeric(c) || c is '.' or '-' or '_');

    private static bool IsAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
