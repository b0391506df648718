namespace McpPlatform.PolicyEngine.Parsing;

/// <summary>Collects problems, up to the limit.</summary>
internal sealed class ProblemList
{
    private readonly List<PolicyProblem> _items = [];

    public IReadOnlyList<PolicyProblem> Items => _items;

    /// <summary>How many were found, also beyond the limit.</summary>
    public int Count { get; private set; }

    public void Add(string path, string reason, string fix)
    {
        Count++;
        if (_items.Count < PolicyLimits.MaxProblems)
        {
            _items.Add(new(path, reason, fix));
        }
    }
}
