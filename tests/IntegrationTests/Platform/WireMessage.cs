using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>One message as it came.</summary>
/// <param name="EventId">Of the event it came in; null in a JSON response.</param>
/// <param name="Text">The raw message.</param>
internal sealed record WireMessage(string? EventId, string Text)
{
    public JsonNode Json { get; } = JsonNode.Parse(Text)!;

    public string? Method => Json["method"]?.GetValue<string>();

    public JsonNode? Params => Json["params"];

    public JsonNode Result => Json["result"] ?? throw new InvalidOperationException($"No result: {Text}");

    public int? ErrorCode => Json["error"]?["code"]?.GetValue<int>();

    /// <summary>Raw id; empty when it has none.</summary>
    public string Id => Json["id"]?.ToJsonString() ?? "";

    public bool IsAnswer => Method is null;
}
