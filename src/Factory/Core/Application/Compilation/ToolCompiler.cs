using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Packs;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>One operation to one tool. Not thread-safe.</summary>
internal sealed class ToolCompiler(References references, Dialect dialect, List<Notice> notices)
{
    private const int MaxDescription = 1024;

    // Four times the largest seen: beyond it no model reads the tool, and a few thousand of them would fill the memory.
    private const int MaxSchemaBytes = 256 * 1024;
    private readonly SchemaConverter _requests = new(references, dialect, forRequest: true, notices);
    private readonly ResultSchemas _results = new(new SchemaConverter(references, dialect, forRequest: false, notices));

    /// <param name="schemes">The credentials to send with this operation.</param>
    /// <param name="baseUrls">The operation's own base addresses; null: the pack's.</param>
    /// <exception cref="BadOperationException">The operation cannot be called as it is described.</exception>
    public PackTool Compile(ApiOperation operation, string name, IReadOnlyList<string> schemes, IReadOnlyList<string>? baseUrls)
    {
        if (operation.Method is "TRACE" or "CONNECT" || !operation.Method.All(c => c is (>= 'A' and <= 'Z') or '-' or '_') || operation.Method.Length is 0 or > 32)
        {
            throw new BadOperationException($"the method {Texts.Clean(operation.Method, 40)} cannot be called");
        }

        var uses = new HashSet<string>(StringComparer.Ordinal);
        var properties = new JsonObject();
        var required = new JsonArray();
        var names = new ArgumentNames();
        var bodyName = operation.Body is null ? null : names.Body();
        var parameters = Parameters(operation, names, properties, required, uses);
        var body = bodyName is null ? null : Body(operation.Body!, bodyName, properties, required, uses);
        var input = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            input["required"] = required;
        }

        input["additionalProperties"] = false;
        if (!_requests.TryDefine(uses, MaxSchemaBytes, out var definitions))
        {
            throw new BadOperationException($"its input schema would have more than {MaxSchemaBytes} bytes");
        }

        if (definitions is not null)
        {
            input["$defs"] = definitions;
        }

        return new PackTool(
            name,
            operation.Summary.Length > 0 ? operation.Summary : name,
            Description(operation),
            JsonSerializer.SerializeToElement(input),
            _results.For(operation.ResultSchema) is { } output ? JsonSerializer.SerializeToElement(output) : null,
            Annotations(operation.Method),
            new PackOperation(operation.Id ?? $"{operation.Method} {operation.Path}", operation.Method, operation.Path, parameters, body, schemes, Accept(operation.Produces), baseUrls));
    }

    private List<PackParameter> Parameters(ApiOperation operation, ArgumentNames names, JsonObject properties, JsonArray required, HashSet<string> uses)
    {
        if (!PackRules.TryReadPath(operation.Path, out var variables))
        {
            throw new BadOperationException("the path is malformed");
        }

        var where = $"{operation.Method} {operation.Path}";
        var wanted = operation.Parameters.Where(p => p.In != ParameterPlace.Path || Keep(p)).ToList();
        foreach (var missing in variables.Except(wanted.Where(p => p.In == ParameterPlace.Path).Select(p => p.Name), StringComparer.Ordinal))
        {
            notices.Add(new Notice("parameter.undeclared", where, $"The path's variable '{missing}' is not described; it is taken for a string."));
            wanted.Add(new ApiParameter(missing, ParameterPlace.Path, true, "", new JsonObject { ["type"] = "string" }, ParameterStyle.Simple, false, false, null));
        }

        // Path first: where one name stands in several places, the path's is the one that keeps it.
        var compiled = new List<PackParameter>();
        foreach (var parameter in wanted.OrderBy(p => p.In))
        {
            var argument = names.For(parameter.Name, parameter.In);
            var schema = parameter.Schema is null ? new JsonObject { ["type"] = "string" } : _requests.Convert(parameter.Schema, uses);
            properties[argument] = Described(schema, parameter.Description);
            if (parameter.Required)
            {
                required.Add(argument);
            }

            compiled.Add(new PackParameter(argument, parameter.In, parameter.Name, parameter.Style, parameter.Explode, parameter.AllowReserved, parameter.Required, parameter.ContentType));
        }

        return compiled;

        bool Keep(ApiParameter parameter)
        {
            var isThere = variables.Contains(parameter.Name, StringComparer.Ordinal);
            if (!isThere)
            {
                notices.Add(new Notice("parameter.not_in_path", where, $"The path has no variable '{Texts.Clean(parameter.Name, 80)}'; the parameter is left out."));
            }

            return isThere;
        }
    }

    private PackBody Body(ApiBody body, string argument, JsonObject properties, JsonArray required, HashSet<string> uses)
    {
        var parts = new Dictionary<string, PackPart>(body.Parts, StringComparer.Ordinal);
        var schema = body.Kind switch
        {
            BodyKind.Binary => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64", ["description"] = $"The bytes ({body.ContentType}), in base64." },
            BodyKind.Text => new JsonObject { ["type"] = "string", ["description"] = $"The text ({body.ContentType})." },
            BodyKind.Form or BodyKind.Multipart => new FormSchemas(_requests).Convert(body, parts, uses),
            _ => _requests.Convert(body.Schema, uses),
        };
        properties[argument] = Described(schema, body.Description);
        if (body.Required)
        {
            required.Add(argument);
        }

        return new PackBody(argument, body.Required, body.ContentType, body.Kind, parts);
    }

    private static JsonNode Described(JsonNode schema, string description)
    {
        if (description.Length == 0)
        {
            return schema;
        }

        var target = schema as JsonObject ?? [];
        target["description"] = description;
        return target;
    }

    private static string Description(ApiOperation operation)
    {
        var parts = new List<string>();
        if (operation.Deprecated)
        {
            parts.Add("Deprecated.");
        }

        if (operation.Summary.Length > 0 && !operation.Description.StartsWith(operation.Summary, StringComparison.Ordinal))
        {
            parts.Add(operation.Summary);
        }

        parts.Add(operation.Description.Length > 0 || parts.Count > 0 ? operation.Description : $"{operation.Method} {operation.Path}");
        return Texts.Clean(string.Join("\n\n", parts.Where(p => p.Length > 0)), MaxDescription);
    }

    private static PackAnnotations Annotations(string method) => method switch
    {
        "GET" or "HEAD" or "OPTIONS" or "QUERY" => new PackAnnotations(true, false, true, true),
        "PUT" or "DELETE" => new PackAnnotations(false, true, true, true),
        "POST" => new PackAnnotations(false, false, false, true),
        _ => new PackAnnotations(false, true, false, true),
    };

    private static string Accept(IReadOnlyList<string> produces)
    {
        var types = produces.Where(t => t.Contains('/', StringComparison.Ordinal) && t.Length <= 100 && t.All(c => c is > ' ' and < '\u007F' or ' ')).OrderByDescending(MediaTypes.IsJson).Take(5).ToList();
        return types.Count == 0 ? "application/json, */*;q=0.5" : string.Join(", ", types);
    }
}
