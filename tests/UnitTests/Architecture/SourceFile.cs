using System.Text.RegularExpressions;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>One C# file. <see cref="Code"/> is its text without comments; string literals stay, as rules also look at attributes' arguments.</summary>
/// <param name="Path">Relative to the repository, with slashes.</param>
/// <param name="Text">As it is on disk.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private string? _code;

    public string Code => _code ??= Tokens().Replace(Text, m => m.Value.StartsWith('/') ? Blank(m.Value) : m.Value);

    /// <summary>Every match of a pattern in the code, as <c>path:line: matched text</c>.</summary>
    public IEnumerable<string> Find(Regex pattern) => Matches(Code, pattern);

    /// <summary>The same over the whole text, comments included.</summary>
    public IEnumerable<string> FindInText(Regex pattern) => Matches(Text, pattern);

    private IEnumerable<string> Matches(string text, Regex pattern) =>
        pattern.Matches(text).Select(m => $"{Path}:{text.AsSpan(0, m.Index).Count('\n') + 1}: {m.Value.Trim()}");

    // Line numbers survive.
    private static string Blank(string comment) => new('\n', comment.Count(c => c == '\n'));

    // Strings come first, so that "//" inside them is no comment: raw, verbatim, ordinary, characters; then both kinds of comment.
    [GeneratedRegex(""""
        "{3,}[\s\S]*?"{3,} | \$?@\$?"(?:""|[^"])*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])' | '\\u[0-9a-fA-F]{4}' | //[^\n]* | /\*[\s\S]*?\*/
        """", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Tokens();
}
