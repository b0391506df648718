using System.Text.Json;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>What a message's bytes say about themselves, as far as they can be read (MassTransit's JSON envelope).</summary>
internal sealed record Envelope(string MessageType, Guid? MessageId, Guid? TenantId)
{
    private const string Urn = "urn:message:";

    /// <summary>512 characters: the longest name that is kept.</summary>
    private const int MaxTypeLength = 512;

    public static Envelope Nothing { get; } = new("", null, null);

    public static Envelope Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? new Envelope(TypeOf(root), IdOf(root, "messageId"), TenantOf(root)) : Nothing;
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    private static string TypeOf(JsonElement root)
    {
        if (!root.TryGetProperty("messageType", out var types) || types.ValueKind != JsonValueKind.Array || types.GetArrayLength() == 0
            || types[0].ValueKind != JsonValueKind.String)
        {
            return "";
        }

        // urn:message:Name.Space:Type, the most specific first.
        var urn = types[0].GetString()!;
        var name = urn.StartsWith(Urn, StringComparison.Ordinal) ? urn[Urn.Length..].Replace(':', '.') : urn;
        return name.Length <= MaxTypeLength ? name : name[..MaxTypeLength];
    }

    private static Guid? TenantOf(JsonElement root) =>
        root.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object && IdOf(message, "tenantId") is { } id && id != Guid.Empty ? id : null;

    private static Guid? IdOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Guid.TryParse(value.GetString(), out var id) ? id : null;
}
