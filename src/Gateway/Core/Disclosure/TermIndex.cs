using System.Collections.Frozen;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// Which tools have which words, and how much those count there. Of a server's tools it is made once, however many sets search among them: how rare a word is depends on the set, and is found
/// when somebody searches.
/// </summary>
internal sealed class TermIndex
{
    /// <summary>Words of one tool that are looked at: descriptions of more are manuals.</summary>
    private const int MostTermsOfTool = 512;

    private const float NameWeight = 4;
    private const float TitleWeight = 2;

    private readonly FrozenDictionary<string, (int Item, float Weight)[]> _words;
    private readonly float[] _lengths;

    private TermIndex(FrozenDictionary<string, (int, float)[]> words, float[] lengths) => (_words, _lengths) = (words, lengths);

    /// <param name="tools">Names as the model sees them, and definitions; in the order by which <see cref="PlacesOf"/> tells them.</param>
    public static TermIndex Of(IEnumerable<(string Name, ReadOnlyMemory<byte> Definition)> tools)
    {
        var found = new Dictionary<string, List<(int Item, float Weight)>>(StringComparer.Ordinal);
        var lengths = new List<float>();
        foreach (var (name, definition) in tools)
        {
            var counts = Count(name, definition);
            foreach (var (word, weight) in counts)
            {
                if (!found.TryGetValue(word, out var places))
                {
                    found.Add(word, places = []);
                }

                places.Add((lengths.Count, weight));
            }

            lengths.Add(counts.Values.Sum());
        }

        return new TermIndex(found.ToFrozenDictionary(word => word.Key, word => word.Value.ToArray(), StringComparer.Ordinal), [.. lengths]);
    }

    /// <summary>The tools that have a word, and its weight in each.</summary>
    public ReadOnlySpan<(int Item, float Weight)> PlacesOf(string word) => _words.TryGetValue(word, out var places) ? places : [];

    /// <summary>All words of a tool together.</summary>
    public float LengthOf(int item) => _lengths[item];

    private static Dictionary<string, float> Count(string name, ReadOnlyMemory<byte> definition)
    {
        var (words, left) = (new Dictionary<string, float>(StringComparer.Ordinal), MostTermsOfTool);
        Add(name, NameWeight);
        Add(JsonMembers.Text(JsonMembers.Find(definition, "title"u8)), TitleWeight);
        Add(JsonMembers.Text(JsonMembers.Find(definition, "description"u8)), 1);
        foreach (var (parameter, _) in JsonMembers.Members(JsonMembers.Find(JsonMembers.Find(definition, "inputSchema"u8), "properties"u8)))
        {
            Add(parameter, 1);
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
