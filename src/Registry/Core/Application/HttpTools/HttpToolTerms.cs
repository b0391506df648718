using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>One HTTP operation as its owner describes it.</summary>
/// <param name="Url">Absolute http(s) without query; <c>{name}</c> in its path is a path parameter.</param>
/// <param name="BodySchema">JSON Schema of the JSON body; null = no body.</param>
/// <param name="FallbackUrls">Base addresses (scheme, host, port) that are tried in order when the first fails.</param>
/// <param name="SecretName">The factory's secret that is sent as a bearer; null = none.</param>
public sealed record HttpToolTerms(
    string Description,
    string Method,
    string Url,
    IReadOnlyList<HttpToolParameter> Parameters,
    JsonElement? BodySchema,
    IReadOnlyList<string> FallbackUrls,
    string? SecretName)
{
    internal static HttpToolTerms Read(string json) => JsonSerializer.Deserialize<HttpToolTerms>(json, JsonSerializerOptions.Web)!;

    internal string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Where it is served, the first choice first.</summary>
    internal IReadOnlyList<string> BaseUrls => [Split().Base, .. FallbackUrls];

    /// <summary>An OpenAPI 3.1 document with this one operation.</summary>
    internal string Document(string name)
    {
        var (_, path) = Split();
        var operation = new JsonObject
        {
            ["operationId"] = name,
            ["summary"] = Description,
            ["parameters"] = new JsonArray([.. Parameters.Select(Parameter)]),
            ["responses"] = new JsonObject { ["default"] = new JsonObject { ["description"] = "Whatever it answers." } },
        };
        if (BodySchema is { } schema)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = JsonNode.Parse(schema.GetRawText()) } },
            };
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = name, ["version"] = "1" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = BaseUrls[0] }),
            ["paths"] = new JsonObject { [path] = new JsonObject { [Method.ToLowerInvariant()] = operation } },
        }.ToJsonString();
    }

    private static JsonNode Parameter(HttpToolParameter parameter) => new JsonObject
    {
        ["name"] = parameter.Name,
        ["in"] = parameter.In,
        ["required"] = parameter.Required || parameter.In == "path",
        ["description"] = parameter.Description,
        ["schema"] = parameter.Schema is { } schema ? JsonNode.Parse(schema.GetRawText()) : new JsonObject { ["type"] = "string" },
    };

    // As text: a Uri would escape the braces of path parameters.
    private (string Base, string Path) Split()
    {
        var slash = Url.IndexOf('/', Url.IndexOf("://", StringComparison.Ordinal) + 3);
        return slash < 0 ? (Url, "/") : (Url[..slash], Url[slash..]);
    }
}

/// <param name="In">path, query or header.</param>
/// <param name="Schema">JSON Schema; null = a string.</param>
public sealed record HttpToolParameter(string Name, string In, bool Required = false, string? Description = null, JsonElement? Schema = null);
