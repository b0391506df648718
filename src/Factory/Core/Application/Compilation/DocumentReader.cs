using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>A tree to an <see cref="ApiDescription"/>: finds the version, hands over to the dialect.</summary>
internal static partial class DocumentReader
{
    public static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

    /// <exception cref="BadDocumentException">No version that the platform reads, or more operations than allowed.</exception>
    public static (ApiDescription Api, Dialect Dialect) Read(JsonObject root, SourceLimits limits, List<Notice> notices)
    {
        var version = Texts.Raw(root, "openapi") ?? Texts.Raw(root, "swagger");
        if (version is null)
        {
            throw new BadDocumentException("document.version", "The document has no 'openapi' or 'swagger' member that is a string.");
        }

        Dialect dialect = version switch
        {
            "2.0" when root["openapi"] is null => Dialect.Swagger2,
            _ when Version30().IsMatch(version) => Dialect.OpenApi30,
            _ when Version31().IsMatch(version) => Dialect.OpenApi31,
            _ => throw new BadDocumentException("document.version", $"Version '{Texts.Clean(version, 40)}' is not one of 2.0, 3.0, 3.1, 3.2."),
        };
        var references = new References(root);
        var operations = new List<ApiOperation>();
        var unreadable = new List<SkippedOperation>();
        IOperationReader reader = dialect == Dialect.Swagger2 ? new SwaggerOperations(root, references, notices) : new OpenApiOperations(root, references, notices);
        foreach (var (path, method, item, operation) in Find(root, references, unreadable))
        {
            if (operations.Count + unreadable.Count >= limits.MaxOperations)
            {
                throw new BadDocumentException("document.too_many_operations", $"The document has more than {limits.MaxOperations} operations.");
            }

            try
            {
                operations.Add(reader.Read(path, method, item, operation));
            }
            catch (BadOperationException bad)
            {
                unreadable.Add(new SkippedOperation(method, path, Texts.Raw(operation, "operationId"), bad.Message));
            }
        }

        var info = root["info"] as JsonObject ?? [];
        var api = new ApiDescription(
            Texts.Of(info, "title", 120),
            Texts.Of(info, "version", 60),
            Texts.Of(info, "description", 2000),
            version,
            reader.ServerUrls(),
            reader.SecuritySchemes(),
            operations,
            unreadable);
        return (api, dialect);
    }

    private static IEnumerable<(string Path, string Method, JsonObject Item, JsonObject Operation)> Find(JsonObject root, References references, List<SkippedOperation> unreadable)
    {
        foreach (var (path, node) in root["paths"] as JsonObject ?? [])
        {
            if (path.StartsWith("x-", StringComparison.Ordinal) || node is null)
            {
                continue;
            }

            JsonObject item;
            try
            {
                item = references.Object(node, "the path");
            }
            catch (BadOperationException bad)
            {
                unreadable.Add(new SkippedOperation("*", path, null, bad.Message));
                continue;
            }

            foreach (var (name, operation) in item.Concat(item["additionalOperations"] as JsonObject ?? []).ToList())
            {
                var isAdditional = !item.ContainsKey(name);
                if (operation is JsonObject described && (isAdditional || Methods.Contains(name, StringComparer.Ordinal)))
                {
                    yield return (path, isAdditional ? name : name.ToUpperInvariant(), item, described);
                }
            }
        }
    }

    // '3' and '3.0' without a patch are common where YAML took the version for a number.
    [GeneratedRegex(@"^3(\.0(\.\d{1,3})?)?$")]
    private static partial Regex Version30();

    [GeneratedRegex(@"^3\.[12](\.\d{1,3})?$")]
    private static partial Regex Version31();
}

/// <summary>Which rules a document's schemas follow.</summary>
internal enum Dialect
{
    Swagger2,
    OpenApi30,
    OpenApi31,
}

/// <summary>One dialect's way of describing operations.</summary>
internal interface IOperationReader
{
    /// <exception cref="BadOperationException">The operation cannot be read.</exception>
    ApiOperation Read(string path, string method, JsonObject item, JsonObject operation);

    IReadOnlyList<string> ServerUrls();

    IReadOnlyList<ApiSecurityScheme> SecuritySchemes();
}
