using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace McpPlatform.PackRuntime;

/// <summary>What the process is told in confidence: one line of JSON over an inherited descriptor, which stays open as long as the parent lives.</summary>
/// <param name="Bearer">What callers of the MCP endpoint present.</param>
/// <param name="Secrets">Values of the pack's credentials by secret name.</param>
/// <param name="AllowPrivate">Hosts (<c>host:port</c>) of the pack that an administrator allowed although their addresses are private.</param>
internal sealed record RuntimeSecrets(string Bearer, IReadOnlyDictionary<string, string> Secrets, IReadOnlyList<string> AllowPrivate)
{
    // A megabyte of credentials is a mistake.
    private const int MaxCharacters = 1024 * 1024;

    public override string ToString() => "***";

    /// <summary>Opens the descriptor.</summary>
    public static StreamReader Open(int descriptor) =>
        new(descriptor == 0 ? Console.OpenStandardInput() : new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0, isAsync: false));

    /// <summary>Reads the line; null when it is none of ours.</summary>
    public static async Task<RuntimeSecrets?> Read(StreamReader channel)
    {
        var line = await channel.ReadLineAsync();
        try
        {
            return line is null or { Length: > MaxCharacters } ? null : JsonSerializer.Deserialize(line, SecretsJson.Default.RuntimeSecrets);
        }
        catch (JsonException)
        {
            return null; // the message would repeat the text
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RuntimeSecrets))]
internal sealed partial class SecretsJson : JsonSerializerContext;
