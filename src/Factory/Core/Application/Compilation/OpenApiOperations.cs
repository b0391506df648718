using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Packs;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Operations of OpenAPI 3.0, 3.1 and 3.2.</summary>
internal sealed class OpenApiOperations(JsonObject root, References references, List<Notice> notices) : IOperationReader
{
    private static readonly string[] IgnoredHeaders = ["Accept", "Content-Type", "Authorization"];

    public ApiOperation Read(string path, string method, JsonObject item, JsonObject operation)
    {
        var where = $"{method} {path}";
        var body = operation["requestBody"] is { } described ? Body(references.Object(described, "the request body")) : null;
        if (body is not null && method is "GET" or "HEAD")
        {
            notices.Add(new Notice("operation.body_dropped", where, $"{method} has no body; the described one is left out."));
            body = null;
        }

        var (result, produces) = Result(operation, where);
        return new ApiOperation(
            Texts.Raw(operation, "operationId"),
            method,
            path,
            Texts.Of(operation, "summary", 300),
            Texts.Of(operation, "description", 4000),
            [.. Texts.List(operation, "tags").Select(tag => Texts.Clean(tag, 100))],
            Texts.Flag(operation, "deprecated"),
            [.. Parameters(item, operation, where)],
            body,
            result,
            produces,
            Requirements.Of(operation, root),
            Servers(operation) ?? Servers(item),
            operation);
    }

    public IReadOnlyList<string> ServerUrls() => Servers(root) ?? [];

    public IReadOnlyList<ApiSecurityScheme> SecuritySchemes() => Requirements.Schemes((root["components"] as JsonObject)?["securitySchemes"] as JsonObject, references);

    private IEnumerable<ApiParameter> Parameters(JsonObject item, JsonObject operation, string where)
    {
        var all = new Dictionary<(string Name, string In), JsonObject>();
        foreach (var node in (item["parameters"] as JsonArray ?? []).Concat(operation["parameters"] as JsonArray ?? []))
        {
            var parameter = references.Object(node, "a parameter");
            var key = (Texts.Raw(parameter, "name") ?? "", Texts.Raw(parameter, "in") ?? "");
            all[key] = parameter; // an operation's own replaces the path's
        }

        foreach (var ((name, place), parameter) in all)
        {
            if (place == "header" && IgnoredHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue; // OpenAPI 3.1.1 §4.8.12: such definitions shall be ignored
            }

            if (place == "header" && !PackRules.MayBeArgumentHeader(name))
            {
                notices.Add(new Notice("parameter.header_dropped", where, $"Header '{Texts.Clean(name, 80)}' belongs to the connection and is left out."));
                continue;
            }

            yield return Parameter(name, place, parameter);
        }
    }

    private static ApiParameter Parameter(string name, string place, JsonObject parameter)
    {
        var location = place switch
        {
            "path" => ParameterPlace.Path,
            "query" => ParameterPlace.Query,
            "header" => ParameterPlace.Header,
            "cookie" => ParameterPlace.Cookie,
            _ => throw new BadOperationException($"a parameter is in '{Texts.Clean(place, 40)}', which is not supported"),
        };
        if (name.Length == 0)
        {
            throw new BadOperationException("a parameter has no name");
        }

        var content = (parameter["content"] as JsonObject)?.FirstOrDefault();
        var style = Style(Texts.Raw(parameter, "style"), location);
        return new ApiParameter(
            name,
            location,
            location == ParameterPlace.Path || Texts.Flag(parameter, "required"),
            Texts.Of(parameter, "description", 1000),
            content is { Value: JsonObject media } ? media["schema"] : parameter["schema"],
            style,
            Texts.Flag(parameter, "explode", style is ParameterStyle.Form or ParameterStyle.DeepObject),
            Texts.Flag(parameter, "allowReserved"),
            content?.Key);
    }

    private ApiBody? Body(JsonObject body)
    {
        var types = (body["content"] as JsonObject ?? []).Where(t => t.Value is JsonObject).Select(t => t.Key).ToList();
        if (types.Count == 0)
        {
            return null;
        }

        var chosen = BodyTypes.Best(types);
        var media = references.Object(body["content"]![chosen], "the media type");
        var parts = new Dictionary<string, PackPart>(StringComparer.Ordinal);
        foreach (var (property, encoding) in media["encoding"] as JsonObject ?? [])
        {
            if (encoding is JsonObject described)
            {
                ParameterStyle? style = described["style"] is null && described["explode"] is null ? null : Style(Texts.Raw(described, "style"), ParameterPlace.Query);
                var explode = Texts.Flag(described, "explode", style is null or ParameterStyle.Form or ParameterStyle.DeepObject);
                var type = Texts.Raw(described, "contentType")?.Split(',')[0].Trim();
                parts[property] = new PackPart(type, false, style, explode, Texts.Flag(described, "allowReserved"));
            }
        }

        var schema = media["schema"] ?? media["itemSchema"];
        return new ApiBody(BodyTypes.Concrete(chosen), BodyTypes.KindOf(chosen), Texts.Flag(body, "required"), Texts.Of(body, "description", 1000), schema, parts);
    }

    private (JsonNode? Schema, IReadOnlyList<string> Types) Result(JsonObject operation, string where)
    {
        var responses = operation["responses"] as JsonObject ?? [];
        var good = responses.Where(r => r.Key.StartsWith('2')).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value).Append(responses["default"]).FirstOrDefault(r => r is not null);
        if (good is null)
        {
            return (null, []);
        }

        try
        {
            var content = references.Object(good, "the response")["content"] as JsonObject ?? [];
            var json = content.FirstOrDefault(c => MediaTypes.IsJson(c.Key));
            return ((json.Value as JsonObject)?["schema"], [.. content.Select(c => c.Key)]);
        }
        catch (BadOperationException broken)
        {
            notices.Add(new Notice("response.unreadable", where, $"The answer is not described: {broken.Message}."));
            return (null, []);
        }
    }

    private static ParameterStyle Style(string? style, ParameterPlace place) => style switch
    {
        null => place is ParameterPlace.Query or ParameterPlace.Cookie ? ParameterStyle.Form : ParameterStyle.Simple,
        "simple" => ParameterStyle.Simple,
        "label" => ParameterStyle.Label,
        "matrix" => ParameterStyle.Matrix,
        "form" or "cookie" => ParameterStyle.Form,
        "spaceDelimited" => ParameterStyle.SpaceDelimited,
        "pipeDelimited" => ParameterStyle.PipeDelimited,
        "deepObject" => ParameterStyle.DeepObject,
        _ => throw new BadOperationException($"a parameter has the style '{Texts.Clean(style, 40)}', which is not known"),
    };

    private static List<string>? Servers(JsonObject owner)
    {
        if (owner["servers"] is not JsonArray servers)
        {
            return null;
        }

        // More than a handful are environments to choose from, not fallbacks.
        var urls = servers.OfType<JsonObject>().Take(16).Select(Filled).Where(url => url.Length > 0).ToList();
        return urls.Count == 0 ? null : urls;
    }

    private static string Filled(JsonObject server)
    {
        var url = Texts.Raw(server, "url") ?? "";
        foreach (var (name, variable) in server["variables"] as JsonObject ?? [])
        {
            if (variable?["default"] is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number)
            {
                url = url.Replace($"{{{name}}}", variable["default"]!.ToString(), StringComparison.Ordinal);
            }
        }

        return url;
    }
}
