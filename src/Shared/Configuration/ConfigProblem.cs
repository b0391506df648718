namespace McpPlatform.Configuration;

/// <summary>Where something was written: a line of the file, or a variable of the environment.</summary>
/// <param name="Source">Name of the file without its folder, or of the variable.</param>
/// <param name="Line">From 1; 0 = not in a file.</param>
public readonly record struct Mark(string Source, int Line, int Column)
{
    /// <summary><c>mcpplatform.yaml:12</c>, or the variable's name.</summary>
    public string Origin => Line == 0 ? Source : $"{Source}:{Line}";
}

/// <summary>Why a configuration cannot be used. Never holds a value that may be secret.</summary>
/// <param name="Path">Which member: <c>servers.github.url</c>. Empty for the text as a whole.</param>
/// <param name="Reason">What is wrong, as a sentence.</param>
/// <param name="Fix">What to write instead, as a sentence.</param>
public sealed record ConfigProblem(Mark At, string Path, string Reason, string Fix)
{
    /// <summary>More are not told: whoever has so many has one cause.</summary>
    public const int Most = 100;

    /// <summary><c>mcpplatform.yaml:12:5: servers.github.url: Reason. Fix.</c></summary>
    public override string ToString() => $"{At.Source}{(At.Line == 0 ? "" : $":{At.Line}:{At.Column}")}: {(Path.Length == 0 ? "" : $"{Path}: ")}{Reason} {Fix}";
}

/// <summary>Collects problems, up to the limit.</summary>
internal sealed class ProblemList
{
    private readonly List<ConfigProblem> _items = [];

    public IReadOnlyList<ConfigProblem> Items => _items;

    public void Add(Mark at, string path, string reason, string fix)
    {
        if (_items.Count < ConfigProblem.Most)
        {
            _items.Add(new ConfigProblem(at, path, reason, fix));
        }
    }
}

/// <summary>A text that is not even a configuration: the reader stops there.</summary>
internal sealed class UnreadableException(Mark at, string reason, string fix) : Exception(reason)
{
    public ConfigProblem Problem { get; } = new(at, "", reason, fix);
}
