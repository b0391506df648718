using System.Text;

namespace McpPlatform.Mcp;

/// <summary>The two ways MCP is spoken. They differ in everything but the names of the methods.</summary>
public enum ProtocolEra
{
    /// <summary>Up to 2025-11-25: <c>initialize</c>, sessions, requests from the server.</summary>
    Legacy,

    /// <summary>2026-07-28 and later: stateless, every request carries its own <c>_meta</c>.</summary>
    Modern,
}

/// <summary>A revision of the protocol that this platform speaks. There are no other instances than the static ones.</summary>
public sealed class ProtocolVersion
{
    private ProtocolVersion(string text, ProtocolEra era)
    {
        Text = text;
        Era = era;
        Utf8 = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>2024-11-05: stdio and HTTP+SSE on two endpoints.</summary>
    public static ProtocolVersion November2024 { get; } = new("2024-11-05", ProtocolEra.Legacy);

    /// <summary>2025-03-26: Streamable HTTP; the only revision with JSON-RPC batches, and what a request without any version means.</summary>
    public static ProtocolVersion March2025 { get; } = new("2025-03-26", ProtocolEra.Legacy);

    /// <summary>2025-06-18: the version header, structured output, elicitation.</summary>
    public static ProtocolVersion June2025 { get; } = new("2025-06-18", ProtocolEra.Legacy);

    /// <summary>2025-11-25: the last revision with a handshake.</summary>
    public static ProtocolVersion November2025 { get; } = new("2025-11-25", ProtocolEra.Legacy);

    /// <summary>2026-07-28: the stateless core.</summary>
    public static ProtocolVersion July2026 { get; } = new("2026-07-28", ProtocolEra.Modern);

    /// <summary>What is answered to an <c>initialize</c> that asks for a revision nobody knows.</summary>
    public static ProtocolVersion LatestLegacy => November2025;

    /// <summary>Every revision, newest first: the order of <c>supported</c> and <c>supportedVersions</c>.</summary>
    public static IReadOnlyList<ProtocolVersion> All { get; } = [July2026, November2025, June2025, March2025, November2024];

    /// <summary>The date by which the revision is named on the wire.</summary>
    public string Text { get; }

    /// <summary>Whether it has a handshake.</summary>
    public ProtocolEra Era { get; }

    /// <summary>True for revisions without handshake and session.</summary>
    public bool IsModern => Era == ProtocolEra.Modern;

    /// <summary>JSON-RPC batches came with 2025-03-26 and left with 2025-06-18.</summary>
    public bool AllowsBatches => ReferenceEquals(this, March2025);

    /// <summary>Event streams that begin with an id to come back with, and can be left (2025-11-25).</summary>
    public bool HasPolling => ReferenceEquals(this, November2025);

    /// <summary><see cref="Text"/> as it goes on the wire, without quotes.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The revision with this name, or null when it is not one of <see cref="All"/>. Case and white space count.</summary>
    public static ProtocolVersion? Find(string? text)
    {
        foreach (var version in All)
        {
            if (string.Equals(version.Text, text, StringComparison.Ordinal))
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>As <see cref="Find(string?)"/>, from the wire.</summary>
    public static ProtocolVersion? Find(ReadOnlySpan<byte> utf8)
    {
        foreach (var version in All)
        {
            if (utf8.SequenceEqual(version.Utf8.Span))
            {
                return version;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
