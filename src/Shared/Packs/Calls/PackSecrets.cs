using System.Text;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Packs.Calls;

/// <summary>The values behind <see cref="PackCredential.Secret"/>. Not formattable, not serialisable; <see cref="Mask"/> keeps them out of what an upstream echoes.</summary>
/// <param name="values">Secret name to value.</param>
public sealed class PackSecrets(IReadOnlyDictionary<string, string> values)
{
    // Shorter values would mask ordinary words, and are no secrets.
    private const int ShortestMasked = 6;
    private readonly string[] _masked =
    [
        .. values.Values.Where(v => v.Length >= ShortestMasked).SelectMany(v => new[] { v, Convert.ToBase64String(Encoding.UTF8.GetBytes(v)), PercentEncoding.Encode(v) }).Distinct(),
    ];

    /// <summary>The value; null when nobody gave one.</summary>
    internal string? Find(string name) => values.TryGetValue(name, out var value) ? value : null;

    /// <summary>The text with every secret in it, also in base64 or percent-encoded, replaced by <c>***</c>.</summary>
    internal string Mask(string text)
    {
        foreach (var value in _masked)
        {
            text = text.Replace(value, "***", StringComparison.Ordinal);
        }

        return text;
    }

    public override string ToString() => "***";
}
