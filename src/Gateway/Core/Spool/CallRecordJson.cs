using System.Text.Json;
using System.Text.Json.Serialization;
using McpPlatform.Contracts.Gateway;

namespace McpPlatform.Gateway.Spool;

/// <summary>How call records are written to the spool. Members may be added; a reader of an older record sees their defaults.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallRecord))]
internal sealed partial class CallRecordJson : JsonSerializerContext;
