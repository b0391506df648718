using System.Buffers;
using System.Collections.Frozen;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// Finds tools of a set by words of their names, titles, descriptions and parameters, best first (Okapi BM25; a word in a name counts as four in a description). Made when the state is
/// compiled: what a word is worth in each tool is computed then, and a search only adds up. What a caller must not see is left out by whoever asks.
/// </summary>
public sealed class ToolSearch
{
    /// <summary>Words of one tool that are looked at: descriptions of more are manuals.</summary>
    private const int MostTermsOfTool = 512;

    /// <summary>Words of a query that count.</summary>
    private const int MostTermsOfQuery = 32;

    private const float Saturation = 1.2f;
    private const float LengthWeight = 0.6f;
    private const float NameWeight = 4;
    private const float TitleWeight = 2;

    private readonly SetTool[] _tools;
    private readonly FrozenDictionary<string, (int Tool, float Worth)[]> _words;

    private ToolSearch(SetTool[] tools, FrozenDictionary<string, (int, float)[]> words) => (_tools, _words) = (tools, words);

    internal static ToolSearch Of(SetTool[] tools)
    {
        var counts = Array.ConvertAll(tools, Count);
        var lengths = Array.ConvertAll(counts, words => words.Values.Sum());
        var average = Math.Max(1, lengths.Length == 0 ? 1 : lengths.Average());
        var found = new Dictionary<string, List<(int Tool, float Weight)>>(StringComparer.Ordinal);
        for (var tool = 0; tool < tools.Length; tool++)
        {
            foreach (var (word, weight) in counts[tool])
            {
                if (!found.TryGetValue(word, out var places))
                {
                    found.Add(word, places = []);
                }

                places.Add((tool, weight));
            }
        }

        return new ToolSearch(tools, found.ToFrozenDictionary(
            word => word.Key,
            word =>
            {
                var rarity = MathF.Log(1 + ((tools.Length - word.Value.Count + 0.5f) / (word.Value.Count + 0.5f)));
                return word.Value.Select(place =>
                {
                    var length = 1 - LengthWeight + (LengthWeight * lengths[place.Tool] / (float)average);
                    return (place.Tool, rarity * place.Weight * (Saturation + 1) / (place.Weight + (Saturation * length)));
                }).ToArray();
            },
            StringComparer.Ordinal));
    }

    /// <summary>The same words of the same tools, which are other objects by now.</summary>
    internal ToolSearch For(SetTool[] tools) => new(tools, _words);

    /// <summary>At most so many tools that have a word of the query, best first; equal ones by name.</summary>
    /// <param name="isVisible">Asked for the best ones until there are enough.</param>
    public IReadOnlyList<SetTool> Find(string query, int most, Func<SetTool, bool> isVisible)
    {
        var scores = ArrayPool<float>.Shared.Rent(Math.Max(1, _tools.Length));
        try
        {
            scores.AsSpan(0, _tools.Length).Clear();
            var hits = new List<int>();
            foreach (var word in SearchTerms.Of(query).Distinct(StringComparer.Ordinal).Take(MostTermsOfQuery))
            {
                foreach (var (tool, worth) in _words.TryGetValue(word, out var places) ? places : [])
                {
                    if (scores[tool] == 0)
                    {
                        hits.Add(tool);
                    }

                    scores[tool] += worth;
                }
            }

            hits.Sort((a, b) => scores[b].CompareTo(scores[a]) is var order and not 0 ? order : a.CompareTo(b));
            return [.. hits.Select(hit => _tools[hit]).Where(isVisible).Take(most)];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    private static Dictionary<string, float> Count(SetTool tool)
    {
        var (words, left) = (new Dictionary<string, float>(StringComparer.Ordinal), MostTermsOfTool);
        var definition = tool.AggregatedDefinition;
        Add(tool.Aggregated, NameWeight);
        Add(JsonMembers.Text(JsonMembers.Find(definition, "title"u8)), TitleWeight);
        Add(JsonMembers.Text(JsonMembers.Find(definition, "description"u8)), 1);
        foreach (var (name, _) in JsonMembers.Members(JsonMembers.Find(JsonMembers.Find(definition, "inputSchema"u8), "properties"u8)))
        {
            Add(name, 1);
        }

        return words;

        void Add(string? text, float weight)
        {
            foreach (var word in SearchTerms.Of(text ?? "").Take(left))
            {
                words[word] = words.GetValueOrDefault(word) + weight;
                left--;
            }
        }
    }
}
