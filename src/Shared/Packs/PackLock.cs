using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpPlatform.Packs;

/// <summary>Reads and writes <c>pack.lock.json</c>. Reading is strict: unknown, missing, null or repeated members are errors, and so is all that <see cref="PackRules"/> refuses.</summary>
public static class PackLock
{
    /// <summary>Most bytes of a lock file. 64 MiB: ten times the largest API description seen, with every operation selected.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>The canonical text of a pack and its hash.</summary>
    /// <exception cref="InvalidPackException">The pack breaks a rule or is too large.</exception>
    public static (byte[] Content, string Hash) Write(CompiledPack pack)
    {
        PackRules.Check(pack);
        var content = CanonicalJson.Write(JsonSerializer.SerializeToElement(pack, PackJson.Default.CompiledPack));
        if (content.Length > MaxBytes)
        {
            throw new InvalidPackException($"The lock file would have {content.Length} bytes; {MaxBytes} are allowed. Select fewer operations.");
        }

        return (content, CanonicalJson.HashOfCanonical(content));
    }

    /// <summary>Reads a pack.</summary>
    /// <exception cref="InvalidPackException">The text is no lock file of this version, or the pack breaks a rule.</exception>
    public static CompiledPack Read(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            throw new InvalidPackException($"The lock file has {content.Length} bytes; {MaxBytes} are allowed.");
        }

        try
        {
            var pack = JsonSerializer.Deserialize(content, PackJson.Default.CompiledPack) ?? throw new InvalidPackException("The lock file holds null.");
            PackRules.Check(pack);
            return pack;
        }
        catch (JsonException malformed)
        {
            throw new InvalidPackException($"The lock file is not readable: {malformed.Message}", malformed);
        }
    }
}

/// <summary>A lock file that no runtime may run.</summary>
public sealed class InvalidPackException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters =
    [
        typeof(SnakeCase<CredentialType>), typeof(SnakeCase<CredentialPlace>), typeof(SnakeCase<ParameterPlace>), typeof(SnakeCase<ParameterStyle>), typeof(SnakeCase<BodyKind>),
    ],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 1000)]
[JsonSerializable(typeof(CompiledPack))]
internal sealed partial class PackJson : JsonSerializerContext;

internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
