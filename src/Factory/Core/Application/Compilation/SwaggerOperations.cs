using System.Text.Json.Nodes;
using McpPlatform.Packs;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Operations of Swagger 2.0: body and form parameters become a body, <c>collectionFormat</c> becomes a style.</summary>
internal sealed class SwaggerOperations(JsonObject root, References references, List<Notice> notices) : IOperationReader
{
    private static readonly string[] SchemaMembers =
    [
        "type", "format", "items", "enum", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
        "multipleOf",
    ];

    public ApiOperation Read(string path, string method, JsonObject item, JsonObject operation)
    {
        var where = $"{method} {path}";
        var all = new Dictionary<(string Name, string In), JsonObject>();
        foreach (var node in (item["parameters"] as JsonArray ?? []).Concat(operation["parameters"] as JsonArray ?? []))
        {
            var parameter = references.Object(node, "a parameter");
            all[(Texts.Raw(parameter, "name") ?? "", Texts.Raw(parameter, "in") ?? "")] = parameter;
        }

        var consumes = Types(operation, "consumes");
        var body = Body(all, consumes);
        if (body is not null && method is "GET" or "HEAD")
        {
            notices.Add(new Notice("operation.body_dropped", where, $"{method} has no body; the described one is left out."));
            body = null;
        }

        var produces = Types(operation, "produces");
        return new ApiOperation(
            Texts.Raw(operation, "operationId"),
            method,
            path,
            Texts.Of(operation, "summary", 300),
            Texts.Of(operation, "description", 4000),
            [.. Texts.List(operation, "tags").Select(tag => Texts.Clean(tag, 100))],
            Texts.Flag(operation, "deprecated"),
            [.. Parameters(all, where)],
            body,
            produces.Count == 0 || produces.Any(MediaTypes.IsJson) ? Result(operation, where) : null,
            produces,
            Requirements.Of(operation, root),
            null,
            operation);
    }

    public IReadOnlyList<string> ServerUrls()
    {
        var basePath = Texts.Raw(root, "basePath") ?? "/";
        return Texts.Raw(root, "host") is { Length: > 0 } host
            ? [.. Texts.List(root, "schemes").Where(s => s is "https" or "http").DefaultIfEmpty("https").OrderByDescending(s => s.Length).Take(1).Select(s => $"{s}://{host}{basePath}")]
            : [basePath];
    }

    public IReadOnlyList<ApiSecurityScheme> SecuritySchemes() => Requirements.Schemes(root["securityDefinitions"] as JsonObject, references);

    private IEnumerable<ApiParameter> Parameters(Dictionary<(string Name, string In), JsonObject> all, string where)
    {
        foreach (var ((name, place), parameter) in all)
        {
            if (place is "body" or "formData")
            {
                continue;
            }

            if (place == "header" && (!PackRules.MayBeArgumentHeader(name) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
            {
                notices.Add(new Notice("parameter.header_dropped", where, $"Header '{Texts.Clean(name, 80)}' is the connection's or the credential's and is left out."));
                continue;
            }

            var location = place switch
            {
                "path" => ParameterPlace.Path,
                "query" => ParameterPlace.Query,
                "header" => ParameterPlace.Header,
                _ => throw new BadOperationException($"a parameter is in '{Texts.Clean(place, 40)}', which Swagger 2.0 does not have"),
            };
            var (style, explode) = Format(Texts.Raw(parameter, "collectionFormat"), location);
            var required = location == ParameterPlace.Path || Texts.Flag(parameter, "required");
            yield return new ApiParameter(name, location, required, Texts.Of(parameter, "description", 1000), Schema(parameter), style, explode, false, null);
        }
    }

    private static ApiBody? Body(Dictionary<(string Name, string In), JsonObject> all, IReadOnlyList<string> consumes)
    {
        var fields = all.Where(p => p.Key.In == "formData").ToList();
        if (fields.Count > 0)
        {
            return Form(fields, consumes);
        }

        var bodies = all.Where(p => p.Key.In == "body").Select(p => p.Value).ToList();
        if (bodies.Count == 0)
        {
            return null;
        }

        var type = consumes.Count == 0 ? "application/json" : BodyTypes.Best(consumes);
        return new ApiBody(
            BodyTypes.Concrete(type),
            BodyTypes.KindOf(type),
            Texts.Flag(bodies[0], "required"),
            Texts.Of(bodies[0], "description", 1000),
            bodies[0]["schema"],
            new Dictionary<string, PackPart>());
    }

    private static ApiBody Form(List<KeyValuePair<(string Name, string In), JsonObject>> fields, IReadOnlyList<string> consumes)
    {
        var hasFile = fields.Any(f => Texts.Raw(f.Value, "type") == "file");
        var multipart = hasFile || (consumes.Any(c => c.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)) && !consumes.Contains("application/x-www-form-urlencoded"));
        var properties = new JsonObject();
        var required = new JsonArray();
        var parts = new Dictionary<string, PackPart>(StringComparer.Ordinal);
        foreach (var ((name, _), field) in fields)
        {
            var schema = Schema(field);
            if (field["description"] is { } description)
            {
                schema["description"] = description.DeepClone();
            }

            properties[name] = schema;
            var (style, explode) = Format(Texts.Raw(field, "collectionFormat"), ParameterPlace.Query);
            parts[name] = new PackPart(null, Texts.Raw(field, "type") == "file", style, explode, false);
            if (Texts.Flag(field, "required"))
            {
                required.Add(name);
            }
        }

        var form = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        return new ApiBody(multipart ? "multipart/form-data" : "application/x-www-form-urlencoded", multipart ? BodyKind.Multipart : BodyKind.Form, required.Count > 0, "", form, parts);
    }

    private JsonNode? Result(JsonObject operation, string where)
    {
        var responses = operation["responses"] as JsonObject ?? [];
        var good = responses.Where(r => r.Key.StartsWith('2')).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value).FirstOrDefault(r => r is not null);
        try
        {
            return good is null ? null : references.Object(good, "the response")["schema"];
        }
        catch (BadOperationException broken)
        {
            notices.Add(new Notice("response.unreadable", where, $"The answer is not described: {broken.Message}."));
            return null;
        }
    }

    private IReadOnlyList<string> Types(JsonObject operation, string name) => [.. Texts.List(operation[name] is null ? root : operation, name)];

    private static JsonObject Schema(JsonObject parameter)
    {
        var schema = new JsonObject();
        foreach (var member in SchemaMembers)
        {
            if (parameter[member] is { } value)
            {
                schema[member] = value.DeepClone();
            }
        }

        return schema;
    }

    // Tabs have no style in OpenAPI 3; a comma is what servers that know 'tsv' fall back to.
    private static (ParameterStyle Style, bool Explode) Format(string? format, ParameterPlace place) => format switch
    {
        "multi" => (ParameterStyle.Form, true),
        "ssv" => (ParameterStyle.SpaceDelimited, false),
        "pipes" => (ParameterStyle.PipeDelimited, false),
        _ => (place == ParameterPlace.Query ? ParameterStyle.Form : ParameterStyle.Simple, false),
    };
}
