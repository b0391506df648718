using System.Text.Json;
using McpPlatform.Packs;

namespace McpPlatform.UnitTests.Packs;

/// <summary>Packs of one tool named <c>op</c>, with defaults for whatever a test is not about.</summary>
internal static class PackBuilder
{
    public static JsonElement Json(string json) => JsonElement.Parse(json);

    public static PackParameter Path(string name, ParameterStyle style = ParameterStyle.Simple, bool explode = false, string? content = null) =>
        new(name, ParameterPlace.Path, name, style, explode, Required: true, ContentType: content);

    public static PackParameter Query(string name, ParameterStyle style = ParameterStyle.Form, bool explode = true, bool reserved = false, string? content = null, string? argument = null) =>
        new(argument ?? name, ParameterPlace.Query, name, style, explode, reserved, ContentType: content);

    public static PackParameter Header(string name, bool explode = false) => new(name, ParameterPlace.Header, name, ParameterStyle.Simple, explode);

    public static PackParameter Cookie(string name, bool explode = true, string? content = null) => new(name, ParameterPlace.Cookie, name, ParameterStyle.Form, explode, ContentType: content);

    public static PackBody Body(BodyKind kind, string contentType, params (string Name, PackPart Part)[] parts) =>
        new("body", false, contentType, kind, parts.ToDictionary(p => p.Name, p => p.Part));

    public static PackPart File(string? contentType = null) => new(contentType, true, null, true, false);

    public static PackOperation Operation(string path = "/x", PackBody? body = null, params PackParameter[] parameters) =>
        new("op", body is null ? "GET" : "POST", path, parameters, body, [], "application/json");

    public static CompiledPack Pack(PackOperation operation, params string[] baseUrls) => new(
        CompiledPack.CurrentLockVersion,
        new PackIdentity("test.pack", "pack", "1.0.0", "Pack", ""),
        new PackUpstream(baseUrls.Length == 0 ? ["http://127.0.0.1:1"] : baseUrls, new Dictionary<string, string>()),
        [],
        [new PackTool("op", "Op", "An operation.", Json("""{"type":"object"}"""), null, new PackAnnotations(true, false, true, true), operation)]);
}
