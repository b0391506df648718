using System.Runtime.InteropServices;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// Makes one ranking of several by reciprocal rank fusion: each gives an item 1 / (60 + its place). Scores of different kinds, as those of words and of angles, need not be comparable for it,
/// and what is high up in both comes first. 60 is the usual constant (Cormack et al., 2009).
/// </summary>
internal static class RankFusion
{
    private const double Constant = 60;

    /// <summary>Each item once, best first; equal ones in the order of their numbers.</summary>
    public static List<int> Of(params ReadOnlySpan<IReadOnlyList<int>> rankings)
    {
        var scores = new Dictionary<int, double>();
        foreach (var ranking in rankings)
        {
            for (var place = 0; place < ranking.Count; place++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(scores, ranking[place], out _) += 1 / (Constant + place + 1);
            }
        }

        return [.. scores.OrderByDescending(item => item.Value).ThenBy(item => item.Key).Select(item => item.Key)];
    }
}
