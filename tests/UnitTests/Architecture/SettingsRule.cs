using System.Reflection;
using System.Text.RegularExpressions;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>Every setting that the code reads is listed, with its default, in .env.example.</summary>
internal static partial class SettingsRule
{
    /// <summary>Names that begin with <c>MCPP_</c> in the source, and every property of an options class (one with a constant <c>Section</c>).</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<SourceFile> files, IEnumerable<Type> types, string example)
    {
        var listed = Listed().Matches(example).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = files.SelectMany(f => Variable().Matches(f.Code).Select(m => m.Value));
        return [.. named.Concat(types.SelectMany(OfOptions)).Distinct().Where(n => !listed.Any(l => l == n || l.StartsWith(n + "__", StringComparison.OrdinalIgnoreCase)))];
    }

    private static IEnumerable<string> OfOptions(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) is { IsLiteral: true } section
            ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.SetMethod is { IsPublic: true })
                .Select(p => $"{((string)section.GetRawConstantValue()!).Replace(":", "__", StringComparison.Ordinal)}__{p.Name}")
            : [];

    [GeneratedRegex(@"\bMCPP_[A-Z]+(?:_[A-Z]+)*\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^#?([A-Za-z_][A-Za-z0-9_]*)=", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
