using System.Text.Json;

namespace McpPlatform.Packs.Wire;

/// <summary>The text of a JSON value where the wire has no types.</summary>
internal static class ScalarText
{
    /// <summary>Strings as they are, numbers and booleans as JSON writes them, null as nothing; objects and arrays as compact JSON.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.Object or JsonValueKind.Array => Compact(value),
        _ => value.GetRawText(),
    };

    /// <summary>JSON without white space.</summary>
    public static string Compact(JsonElement value) => JsonSerializer.Serialize(value, WireJson.Default.JsonElement);
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = false, MaxDepth = 1000)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class WireJson : System.Text.Json.Serialization.JsonSerializerContext;
