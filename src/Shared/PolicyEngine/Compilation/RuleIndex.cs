using McpPlatform.PolicyEngine.Conditions;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine.Compilation;

/// <summary>
/// Rules of one effect, found by what their resources say about a target, so that a decision looks at the few that can cover it: whether a tenant has ten rules
/// or a thousand makes no difference to it, unless they are of the kind that can be about anything. Immutable.
/// </summary>
internal sealed class RuleIndex
{
    /// <summary>Fewer are looked at one after the other as fast.</summary>
    private const int WorthAnIndex = 8;

    /// <summary>Each length of such a head costs one look; heads of further lengths are not indexed.</summary>
    private const int MostHeadLengths = 16;

    private readonly CompiledRule[] _rules;

    /// <summary>Positions of rules that any target could be one of, ascending as all of these lists.</summary>
    private readonly int[] _anywhere;
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _byServer;
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _byLastName;
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _byHead;
    private readonly int[] _headLengths;

    /// <param name="rules">In the order in which they count.</param>
    public RuleIndex(CompiledRule[] rules)
    {
        _rules = rules;
        var all = new List<(Anchor Anchor, int Position)>();
        for (var i = 0; i < rules.Length; i++)
        {
            var anchors = rules.Length < WorthAnIndex ? [default] : rules[i].Anchors.Distinct().ToArray();

            // One way to be about anything is enough.
            all.AddRange(anchors.Any(anchor => anchor.Kind == AnchorKind.Anywhere) ? [(default, i)] : anchors.Select(anchor => (anchor, i)));
        }

        _headLengths = [.. all.Where(a => a.Anchor.Kind == AnchorKind.Head).Select(a => a.Anchor.Text.Length).Distinct().Order().Take(MostHeadLengths)];
        all = [.. all.Select(a => a.Anchor.Kind == AnchorKind.Head && !_headLengths.Contains(a.Anchor.Text.Length) ? (default, a.Position) : a)];
        _anywhere = [.. all.Where(a => a.Anchor.Kind == AnchorKind.Anywhere).Select(a => a.Position).Distinct().Order()];
        _byServer = Lists(all, AnchorKind.Server);
        _byLastName = Lists(all, AnchorKind.LastName);
        _byHead = Lists(all, AnchorKind.Head);
    }

    /// <summary>The first rule that covers the target and counts; null when none does.</summary>
    /// <param name="action">Asked of each rule; null when all are known to cover it.</param>
    /// <param name="unseen">Arguments are not known yet.</param>
    public CompiledRule? First(scoped in Target target, ref Evaluation evaluation, string? action, bool unseen)
    {
        var first = Search(_anywhere, _rules.Length, target, ref evaluation, action, unseen);
        if (_anywhere.Length < _rules.Length)
        {
            var path = target.Path;
            var server = target.Server;
            if (server.Contains('/'))
            {
                // No server is called so; a path would name it by its beginning only.
                server = path[..path.IndexOf('/')];
                first = SearchIn(_byServer, target.Server, first, target, ref evaluation, action, unseen);
            }

            first = SearchIn(_byServer, server, first, target, ref evaluation, action, unseen);
            first = SearchIn(_byLastName, path[(path.LastIndexOf('/') + 1)..], first, target, ref evaluation, action, unseen);
            foreach (var length in _headLengths)
            {
                // Of the path, which begins with the server's name: a head without '/' is also one of that.
                if (length <= path.Length)
                {
                    first = SearchIn(_byHead, path[..length], first, target, ref evaluation, action, unseen);
                }
            }
        }

        return first < _rules.Length ? _rules[first] : null;
    }

    private int SearchIn(
        Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> lists,
        ReadOnlySpan<char> key,
        int before,
        scoped in Target target,
        ref Evaluation evaluation,
        string? action,
        bool unseen) =>
        lists.Dictionary.Count > 0 && lists.TryGetValue(key, out var positions) ? Search(positions, before, target, ref evaluation, action, unseen) : before;

    /// <summary>The first of these positions whose rule counts, or <paramref name="before"/>.</summary>
    private int Search(int[] positions, int before, scoped in Target target, ref Evaluation evaluation, string? action, bool unseen)
    {
        foreach (var position in positions)
        {
            if (position >= before)
            {
                break;
            }

            var rule = _rules[position];
            if ((action is null || rule.CoversAction(action))
                && rule.CoversTarget(target, evaluation.Request.Environment)
                && (unseen ? rule.AppliesUnseen(ref evaluation) : rule.Applies(ref evaluation)))
            {
                return position;
            }
        }

        return before;
    }

    private static Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> Lists(List<(Anchor Anchor, int Position)> all, AnchorKind kind) =>
        all.Where(a => a.Anchor.Kind == kind)
            .GroupBy(a => a.Anchor.Text, a => a.Position, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Distinct().Order().ToArray(), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
}
