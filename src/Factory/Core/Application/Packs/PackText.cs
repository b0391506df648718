using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>The shapes of a pack's coordinates (pack schema v1).</summary>
internal static partial class PackText
{
    public const string NamespaceRule = "must be two or more labels of a-z, 0-9 and '-', joined by dots: com.acme.github";
    public const string NameRule = "must be 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit";
    public const string VersionRule = "must be a semantic version: 1.2.3";

    [GeneratedRegex(@"^[a-z0-9]+(\.[a-z0-9-]+)+$")]
    public static partial Regex Namespace();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    public static partial Regex Name();

    [GeneratedRegex(@"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")]
    public static partial Regex Version();
}
