using System.Text.Json.Serialization;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>How snapshots travel and are kept: snake_case, and nothing missing or null that the contract does not allow to be.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PolicySnapshot))]
[JsonSerializable(typeof(RegistrySnapshot))]
[JsonSerializable(typeof(CacheFingerprint))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
