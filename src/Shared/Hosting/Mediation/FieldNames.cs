using System.Text.Json;

namespace McpPlatform.Hosting.Mediation;

/// <summary>Property paths of commands as callers know them: <c>Rules[0].Effect</c> → <c>rules[0].effect</c>.</summary>
internal static class FieldNames
{
    public static string Of(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
}
