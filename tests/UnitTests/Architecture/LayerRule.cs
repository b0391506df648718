using System.Text.RegularExpressions;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>
/// The layers inside a ring are folders: <c>Domain/</c> names neither <c>Application</c> nor the mediator; <c>Api/</c> names neither <c>Infrastructure</c>
/// nor a database context.
/// </summary>
internal static partial class LayerRule
{
    public static IReadOnlyList<string> Violations(IEnumerable<SourceFile> files) => [.. files.SelectMany(Check)];

    private static IEnumerable<string> Check(SourceFile file) => file.Path switch
    {
        var p when p.StartsWith("src/", StringComparison.Ordinal) && p.Contains("/Domain/", StringComparison.Ordinal) => file.Find(NotInDomain()),
        var p when p.StartsWith("src/", StringComparison.Ordinal) && p.Contains("/Api/", StringComparison.Ordinal) => file.Find(NotInApi()),
        _ => [],
    };

    [GeneratedRegex(@"\bMediatR\b|\bIRequest(Handler)?<|\bMcpPlatform\.\w+\.Application\b|\bApplication\.\w+")]
    private static partial Regex NotInDomain();

    [GeneratedRegex(@"\b\w*DbContext\w*\b|\bMcpPlatform\.\w+\.Infrastructure\b|\bInfrastructure\.\w+|\bEntityFrameworkCore\b")]
    private static partial Regex NotInApi();
}
