using System.Text.Json.Nodes;
using McpPlatform.Hosting.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace McpPlatform.Hosting.Documentation;

/// <summary>The API description of this process with the parts of the others in it: operations, components and tags, each once.</summary>
internal static class MergedDocument
{
    public static async Task<Microsoft.AspNetCore.Http.IResult> Get(
        HttpContext http,
        [FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider own,
        IEnumerable<IApiDocumentParts> others,
        CancellationToken ct)
    {
        var document = await own.GetOpenApiDocumentAsync(ct);
        var merged = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct))!.AsObject();
        var missing = new JsonArray();
        foreach (var source in others)
        {
            foreach (var part in await source.Get(http.Caller(), ct))
            {
                if (part.Document is { } other)
                {
                    Merge(merged, other);
                }
                else
                {
                    missing.Add(part.Service);
                }
            }
        }

        if (missing.Count > 0)
        {
            merged["x-missing-services"] = missing;
        }

        return TypedResults.Text(merged.ToJsonString(), "application/json");
    }

    /// <summary>Takes over what <paramref name="into"/> does not have. The same schema in both is one schema: all processes are of one version, and a test compares them.</summary>
    internal static void Merge(JsonObject into, JsonObject from)
    {
        Members(into, from, "paths");
        foreach (var (path, operations) in from["paths"] as JsonObject ?? [])
        {
            // One address may be several services': what one of them shows, another one clears.
            if (operations is JsonObject)
            {
                Members(into["paths"]!.AsObject(), from["paths"]!.AsObject(), path);
            }
        }

        if (from["components"] is JsonObject components)
        {
            var target = Object(into, "components");
            foreach (var kind in components.Select(c => c.Key).ToArray())
            {
                Members(target, components, kind);
            }
        }

        if (from["tags"] is JsonArray tags)
        {
            if (into["tags"] is not JsonArray known)
            {
                into["tags"] = known = [];
            }

            foreach (var tag in tags.Where(t => !known.Any(k => JsonNode.DeepEquals(k, t))).ToArray())
            {
                known.Add(tag!.DeepClone());
            }
        }
    }

    private static void Members(JsonObject into, JsonObject from, string name)
    {
        if (from[name] is not JsonObject members)
        {
            return;
        }

        var target = Object(into, name);
        foreach (var (key, value) in members)
        {
            if (!target.ContainsKey(key))
            {
                target[key] = value?.DeepClone();
            }
        }
    }

    private static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject found)
        {
            parent[name] = found = [];
        }

        return found;
    }
}
