using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpPlatform.Hosting;

/// <summary>JSON of the management API: snake case; strict, so that a typing error is an answer and not a silently ignored member.</summary>
public static class Json
{
    /// <summary>The same settings for whoever reads or writes this API's JSON outside an endpoint.</summary>
    public static JsonSerializerOptions Options { get; } = Create(JsonUnmappedMemberHandling.Disallow);

    /// <summary>Between the platform's own parts, which are replaced one by one: a member that only the newer one knows is passed over by the older.</summary>
    public static JsonSerializerOptions Internal { get; } = Create(JsonUnmappedMemberHandling.Skip);

    internal static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
    }

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unknown)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.UnmappedMemberHandling = unknown;
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
