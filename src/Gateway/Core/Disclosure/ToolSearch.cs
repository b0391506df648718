using System.Buffers;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// Finds tools of a set by words of their names, titles, descriptions and parameters, best first (Okapi BM25; a word in a name counts as four in a description). Words are counted when the
/// state is compiled, once for each server; the set knows which of a server's tools are its own. With a vector of the query, those are found as well whose definitions are about the same in
/// other words, and both rankings are made one. What a caller must not see is left out by whoever asks.
/// </summary>
public sealed class ToolSearch
{
    /// <summary>Words of a query that count.</summary>
    private const int MostTermsOfQuery = 32;

    private const float Saturation = 1.2f;
    private const float LengthWeight = 0.6f;

    /// <summary>50 of each ranking are made one: what is further down in both is no answer.</summary>
    private const int Depth = 50;

    private readonly SetTool[] _tools;
    private readonly Part[] _parts;
    private readonly float _usualLength;

    private ToolSearch(SetTool[] tools, Part[] parts)
    {
        (_tools, _parts) = (tools, parts);
        HasVectors = Array.Exists(tools, tool => tool.Tool.Vector is not null);
        var lengths = parts.Sum(part => part.Places.Select((place, item) => place < 0 ? 0 : (double)part.Index.LengthOf(item)).Sum());
        _usualLength = (float)Math.Max(1, tools.Length == 0 ? 1 : lengths / tools.Length);
    }

    internal static ToolSearch Of(SetTool[] tools)
    {
        var (shared, own) = (new Dictionary<(ServerRoute, ToolWords), Dictionary<ToolRoute, int>>(), new List<int>());
        for (var place = 0; place < tools.Length; place++)
        {
            var tool = tools[place];
            if (tool.Words == ToolWords.Set)
            {
                own.Add(place);
                continue;
            }

            if (!shared.TryGetValue((tool.Server, tool.Words), out var places))
            {
                shared.Add((tool.Server, tool.Words), places = []);
            }

            places.Add(tool.Tool, place);
        }

        var parts = shared.Select(server => new Part(
            server.Key.Item1.Words(server.Key.Item2), Array.ConvertAll(server.Key.Item1.Tools, tool => server.Value.TryGetValue(tool, out var place) ? place : -1)));
        return new ToolSearch(tools, own.Count == 0 ? [.. parts] : [.. parts, new Part(TermIndex.Of(own.Select(place => (tools[place].Aggregated, tools[place].AggregatedDefinition))), [.. own])]);
    }

    /// <summary>Whether a vector of a query finds anything.</summary>
    public bool HasVectors { get; }

    /// <summary>At most so many tools that have a word of the query, or are about the same, best first; equal ones by name.</summary>
    /// <param name="isVisible">Asked for the best ones until there are enough.</param>
    /// <param name="vector">Of the query, in the space of the tools' vectors; null = by words alone.</param>
    public IReadOnlyList<SetTool> Find(string query, int most, Func<SetTool, bool> isVisible, SearchVector? vector = null)
    {
        var scores = ArrayPool<float>.Shared.Rent(Math.Max(1, _tools.Length));
        try
        {
            var worded = Best(ByWords(query, scores), scores, vector is null ? most : Depth, isVisible);
            if (vector is null)
            {
                return [.. worded.Select(hit => _tools[hit])];
            }

            var meant = Best(ByLikeness(vector, scores), scores, Depth, isVisible);
            return [.. RankFusion.Of(worded, meant).Take(most).Select(hit => _tools[hit])];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>What points the other way is no hit; how near is near enough differs from model to model.</summary>
    private List<int> ByLikeness(SearchVector vector, float[] scores)
    {
        var hits = new List<int>();
        for (var tool = 0; tool < _tools.Length; tool++)
        {
            if (_tools[tool].Tool.Vector?.Likeness(vector) is > 0 and var likeness)
            {
                scores[tool] = likeness;
                hits.Add(tool);
            }
        }

        return hits;
    }

    private List<int> Best(List<int> hits, float[] scores, int most, Func<SetTool, bool> isVisible)
    {
        hits.Sort((a, b) => scores[b].CompareTo(scores[a]) is var order and not 0 ? order : a.CompareTo(b));
        var best = new List<int>(Math.Min(most, hits.Count));
        for (var i = 0; i < hits.Count && best.Count < most; i++)
        {
            if (isVisible(_tools[hits[i]]))
            {
                best.Add(hits[i]);
            }
        }

        return best;
    }

    /// <summary>Indices of the tools that have a word of the query; their scores are what the words are worth together.</summary>
    private List<int> ByWords(string query, float[] scores)
    {
        scores.AsSpan(0, _tools.Length).Clear();
        var hits = new List<int>();
        foreach (var word in SearchTerms.Of(query).Distinct(StringComparer.Ordinal).Take(MostTermsOfQuery))
        {
            var having = _parts.Sum(part => part.Having(word));
            var rarity = MathF.Log(1 + ((_tools.Length - having + 0.5f) / (having + 0.5f)));
            foreach (var part in _parts)
            {
                foreach (var (item, weight) in part.Index.PlacesOf(word))
                {
                    if (part.Places[item] is >= 0 and var tool)
                    {
                        if (scores[tool] == 0)
                        {
                            hits.Add(tool);
                        }

                        var length = 1 - LengthWeight + (LengthWeight * part.Index.LengthOf(item) / _usualLength);
                        scores[tool] += rarity * weight * (Saturation + 1) / (weight + (Saturation * length));
                    }
                }
            }
        }

        return hits;
    }

    /// <summary>Tools that were counted together.</summary>
    /// <param name="Places">Where in the set the tools of the index are; -1 = the set does not hold it.</param>
    private sealed record Part(TermIndex Index, int[] Places)
    {
        public int Having(string word)
        {
            var having = 0;
            foreach (var (item, _) in Index.PlacesOf(word))
            {
                having += Places[item] < 0 ? 0 : 1;
            }

            return having;
        }
    }
}

/// <summary>Whose words a tool of a set has.</summary>
public enum ToolWords
{
    /// <summary>The set's: it says something else of the tool than the server does.</summary>
    Set,

    /// <summary>The server's, under the name that the endpoint of all servers has for it.</summary>
    Aggregated,

    /// <summary>The server's, under its own name.</summary>
    Own,
}
