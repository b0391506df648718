using System.Buffers;

namespace McpPlatform.Packs.Wire;

/// <summary>What may stand in a header value: visible ASCII, space and tab (RFC 9110 §5.5 without its obsolete part).</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c), '\t']);

    public static bool IsValid(string text) => !text.AsSpan().ContainsAnyExcept(Allowed);
}
