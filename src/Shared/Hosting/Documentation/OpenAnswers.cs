using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace McpPlatform.Hosting.Documentation;

/// <summary>
/// What is answered may get further members within a version (docs/agents.md), so no schema of an answer says that there are none: clients that are made of the document would refuse the next
/// release. What is only read stays closed, as the endpoints are strict about it.
/// </summary>
internal static class OpenAnswers
{
    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        Open(document);
        return Task.CompletedTask;
    }

    /// <summary>Opens every schema that an answer can hold, a part of another one or not.</summary>
    internal static void Open(OpenApiDocument document)
    {
        var seen = new HashSet<IOpenApiSchema>(ReferenceEqualityComparer.Instance);
        var left = new Stack<IOpenApiSchema>(document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>())
            .SelectMany(operation => operation.Responses?.Values ?? Enumerable.Empty<IOpenApiResponse>())
            .SelectMany(response => response.Content?.Values ?? Enumerable.Empty<OpenApiMediaType>())
            .Select(media => media.Schema).OfType<IOpenApiSchema>());
        while (left.TryPop(out var next))
        {
            IOpenApiSchema? schema = next;
            if (next is OpenApiSchemaReference { Reference.Id: { } id })
            {
                document.Components?.Schemas?.TryGetValue(id, out schema);
            }

            if (schema is null or OpenApiSchemaReference || !seen.Add(schema))
            {
                continue;
            }

            if (schema is OpenApiSchema own)
            {
                own.AdditionalPropertiesAllowed = true;
            }

            foreach (var part in Parts(schema))
            {
                left.Push(part);
            }
        }
    }

    private static IEnumerable<IOpenApiSchema> Parts(IOpenApiSchema schema) =>
        ((IEnumerable<IOpenApiSchema?>)[.. schema.Properties?.Values ?? [], .. schema.AllOf ?? [], .. schema.AnyOf ?? [], .. schema.OneOf ?? [], schema.Items, schema.AdditionalProperties]).OfType<IOpenApiSchema>();
}
