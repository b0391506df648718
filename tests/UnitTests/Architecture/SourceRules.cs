using System.Text.RegularExpressions;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>Conventions that only the source shows. Each rule answers with <c>path:line: what it says</c>.</summary>
internal static partial class SourceRules
{
    /// <summary>Time comes from <see cref="TimeProvider"/>, so that tests can move it.</summary>
    public static IReadOnlyList<string> OwnClock(IEnumerable<SourceFile> files) => [.. files.SelectMany(f => f.Find(Clock()))];

    /// <summary>A warning is switched off with a reason in words on the same line; a suppression attribute says why.</summary>
    public static IReadOnlyList<string> UnexplainedSuppressions(IEnumerable<SourceFile> files) =>
        [.. files.Where(f => !IsGenerated(f)).SelectMany(f => f.FindInText(BarePragma()).Concat(f.Find(BareSuppression())))];

    /// <summary>A test is skipped for a reason that the reader of the results understands.</summary>
    public static IReadOnlyList<string> UnexplainedSkips(IEnumerable<SourceFile> files) => [.. files.SelectMany(f => f.Find(BareSkip()))];

    /// <summary>What is here is finished: open work is in the tracker, not in the code.</summary>
    public static IReadOnlyList<string> Unfinished(IEnumerable<SourceFile> files) =>
        [.. files.SelectMany(f => f.FindInText(OpenWork()).Concat(f.Find(NotImplemented())))];

    // dotnet-ef writes these two kinds of file.
    private static bool IsGenerated(SourceFile file) =>
        file.Path.Contains("/Migrations/", StringComparison.Ordinal)
        && (file.Path.EndsWith(".Designer.cs", StringComparison.Ordinal) || file.Path.EndsWith("Snapshot.cs", StringComparison.Ordinal));

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(UtcNow|Now|Today)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"^[ \t]*#pragma\s+warning\s+disable(?![^\n]*//\s*\S+\s+\S+)[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex BarePragma();

    [GeneratedRegex("""\bSuppressMessage(Attribute)?\((?![^\]]*Justification\s*=\s*"[^"]{10,}")[^\]]*\]""")]
    private static partial Regex BareSuppression();

    [GeneratedRegex("""\bSkip\s*=\s*"\s*"|\bAssert\s*\.\s*Skip\s*\(\s*"\s*"\s*\)|\bAssert\s*\.\s*Skip(Unless|When)\s*\([^;]*,\s*"\s*"\s*\)""")]
    private static partial Regex BareSkip();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex OpenWork();

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex NotImplemented();
}
