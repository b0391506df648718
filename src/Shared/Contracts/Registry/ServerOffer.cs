using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpPlatform.Contracts.Registry;

/// <summary>What a server says of itself and offers besides its tools; every definition member for member as the server sent it.</summary>
/// <param name="Legacy">How it presents itself in the revisions with a handshake (up to 2025-11-25); null = it does not speak them.</param>
/// <param name="Modern">The same in those without (from 2026-07-28 on).</param>
/// <param name="Prompts">By name.</param>
/// <param name="Resources">By URI.</param>
/// <param name="ResourceTemplates">By URI template.</param>
public sealed record ServerOffer(
    ServerFace? Legacy,
    ServerFace? Modern,
    IReadOnlyList<OfferedItem> Prompts,
    IReadOnlyList<OfferedItem> Resources,
    IReadOnlyList<OfferedItem> ResourceTemplates);

/// <summary>How a server presents itself in one era of the protocol.</summary>
/// <param name="Version">The revision that was agreed on.</param>
/// <param name="Capabilities">An object; null when it declared none.</param>
/// <param name="Instructions">For the model; null when it gave none.</param>
public sealed record ServerFace(string Version, JsonElement? Capabilities, string? Instructions);

/// <summary>One prompt, resource or resource template.</summary>
/// <param name="Key">What it is asked for by: name, URI or URI template.</param>
/// <param name="Definition">An object.</param>
/// <param name="Era"><see cref="Eras.Legacy"/> or <see cref="Eras.Modern"/> when the server has it in that era only; null = in each era that it speaks.</param>
/// <param name="Hash">SHA-256 of the definition in RFC 8785 form, lower-case hex; null = not computed by whoever looked.</param>
public sealed record OfferedItem(
    string Key,
    JsonElement Definition,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Era = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hash = null);

/// <summary>The eras of the protocol, as contracts name them.</summary>
public static class Eras
{
    public const string Legacy = "legacy";
    public const string Modern = "modern";
}
