using System.Buffers;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Policy.Application;

/// <summary>One tenant's policy, put together from its policy sets, as PolicyEngine reads it and gateways get it.</summary>
public static class TenantDocument
{
    /// <summary>The document as UTF-8 JSON. Rules are copied as they are stored.</summary>
    public static ReadOnlyMemory<byte> Of(IEnumerable<RoleText> roles)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("roles");
            foreach (var role in roles)
            {
                Write(json, role);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>One role of a document, by itself.</summary>
    public static JsonElement Of(RoleText role)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, role);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, RoleText role)
    {
        json.WriteStartObject();
        json.WriteString("name", role.Name);
        json.WritePropertyName("grants");
        json.WriteRawValue(Encoding.UTF8.GetBytes(role.Grants));
        json.WriteEndObject();
    }
}
