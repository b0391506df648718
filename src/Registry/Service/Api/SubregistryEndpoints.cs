using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Subregistry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>
/// The tenant's servers in the form of the official MCP registry's API v0.1, so that clients and registries that know that one can read this one: each server is reached through the
/// gateway. Read only, and with a key: it is a private registry. Errors are that API's, <c>{"error":"…"}</c>.
/// </summary>
internal static class SubregistryEndpoints
{
    private const string Schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
    private const string Official = "io.modelcontextprotocol.registry/official";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var registry = endpoints.MapGroup("/v0.1").WithTags("MCP registry");
        registry.WithRequestTimeout("management");
        registry.MapGet("/servers", List).RequirePermission(Permissions.ServersRead).WithSummary("Lists servers as an MCP registry does; filters: search, updated_since, version, include_deleted.");

        // A name has a slash: in one piece (%2F), as it should be, or in two.
        foreach (var name in new[] { "{name}", "{space}/{slug}" })
        {
            registry.MapGet($"/servers/{name}/versions", Versions).RequirePermission(Permissions.ServersRead).WithSummary("Lists the versions of a server: the one that there is.");
            registry.MapGet($"/servers/{name}/versions/{{version}}", Version).RequirePermission(Permissions.ServersRead).WithSummary("Shows a version of a server, or the latest.");
            registry.MapPut($"/servers/{name}/versions/{{version}}", NotHere).RequirePermission(Permissions.ServersRead).WithSummary("Not supported: 501.");
            registry.MapDelete($"/servers/{name}/versions/{{version}}", NotHere).RequirePermission(Permissions.ServersRead).WithSummary("Not supported: 501.");
            registry.MapPatch($"/servers/{name}/versions/{{version}}/status", NotHere).RequirePermission(Permissions.ServersRead).WithSummary("Not supported: 501.");
        }

        registry.MapPost("/publish", NotHere).RequirePermission(Permissions.ServersRead).WithSummary("Not supported: 501.");
    }

    private static async Task<JsonHttpResult<JsonObject>> List(
        HttpContext http,
        ISender sender,
        CancellationToken ct,
        string? search = null,
        string? updated_since = null,
        string? version = null,
        string? include_deleted = null,
        string? limit = null,
        string? cursor = null)
    {
        DateTimeOffset? since = null;
        if (!string.IsNullOrEmpty(updated_since))
        {
            if (!DateTimeOffset.TryParse(updated_since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
            {
                return Failed(400, "updated_since must be a time as in RFC 3339, for example 2026-11-21T08:00:00Z.");
            }

            since = parsed.ToUniversalTime();
        }

        var deleted = false;
        if (!string.IsNullOrEmpty(include_deleted) && !bool.TryParse(include_deleted, out deleted))
        {
            return Failed(400, "include_deleted must be true or false.");
        }

        int? most = null;
        if (!string.IsNullOrEmpty(limit))
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return Failed(400, "limit must be a number.");
            }

            most = number;
        }

        var found = await sender.Send(new ListEntries(new EntryFilter(search, since, deleted || since is not null), most, cursor), ct);
        return found.Match(page => Answer(http, page, version), Failed);
    }

    /// <param name="version"><c>latest</c>, which every entry is, or an exact one.</param>
    private static JsonHttpResult<JsonObject> Answer(HttpContext http, Page<RegistryEntry> page, string? version)
    {
        var entries = page.Items.Where(entry => string.IsNullOrEmpty(version) || version == "latest" || version == entry.Version).Select(entry => Entry(http, entry)).ToArray<JsonNode>();
        var metadata = new JsonObject { ["count"] = entries.Length };
        if (page.NextCursor is { } next)
        {
            metadata["nextCursor"] = next;
        }

        return Json(new JsonObject { ["servers"] = new JsonArray(entries), ["metadata"] = metadata });
    }

    private static async Task<JsonHttpResult<JsonObject>> Versions(HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetEntry(NameOf(http)), ct)).Match(
            entry => Json(new JsonObject { ["servers"] = new JsonArray(Entry(http, entry)), ["metadata"] = new JsonObject { ["count"] = 1 } }), Failed);

    private static async Task<JsonHttpResult<JsonObject>> Version(HttpContext http, string version, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetEntry(NameOf(http)), ct)).Match(
            entry => version == "latest" || version == entry.Version ? Json(Entry(http, entry)) : Failed(404, $"This server has version {entry.Version}; others are not kept."), Failed);

    private static JsonHttpResult<JsonObject> NotHere() => Failed(501, "This registry is read only. Register servers at /api/v1/servers.");

    private static string NameOf(HttpContext http) => http.Request.RouteValues["name"] is string whole
        ? whole.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
        : $"{http.Request.RouteValues["space"]}/{http.Request.RouteValues["slug"]}";

    private static JsonObject Entry(HttpContext http, RegistryEntry entry)
    {
        var endpoint = $"{PublicAddress.Of(http)}/mcp/servers/{entry.Slug}";
        return new JsonObject
        {
            ["server"] = new JsonObject
            {
                ["$schema"] = Schema,
                ["name"] = entry.Name,
                ["title"] = entry.Title,
                ["description"] = entry.Description,
                ["version"] = entry.Version,
                ["remotes"] = new JsonArray(Remote("streamable-http", endpoint), Remote("sse", $"{endpoint}/sse")),
            },
            ["_meta"] = new JsonObject
            {
                [Official] = new JsonObject
                {
                    ["status"] = entry.IsActive ? "active" : "deleted",
                    ["statusChangedAt"] = entry.UpdatedAt,
                    ["publishedAt"] = entry.PublishedAt,
                    ["updatedAt"] = entry.UpdatedAt,
                    ["isLatest"] = true,
                },
                [$"{entry.Name[..^(entry.Slug.Length + 1)]}/registry"] = new JsonObject
                {
                    ["health"] = entry.Health.ToString().ToLowerInvariant(),
                    ["toolCount"] = entry.ToolCount,
                    ["environment"] = entry.Environment,
                    ["tags"] = new JsonArray([.. entry.Tags.Select(tag => JsonValue.Create(tag))]),
                },
            },
        };
    }

    private static JsonObject Remote(string type, string address) => new()
    {
        ["type"] = type,
        ["url"] = address,
        ["headers"] = new JsonArray(new JsonObject
        {
            ["name"] = "Authorization",
            ["description"] = "A key of the platform",
            ["value"] = "Bearer {key}",
            ["isRequired"] = true,
            ["isSecret"] = true,
            ["variables"] = new JsonObject { ["key"] = new JsonObject { ["description"] = "A key of the platform", ["isRequired"] = true, ["isSecret"] = true } },
        }),
    };

    private static JsonHttpResult<JsonObject> Json(JsonObject body) => TypedResults.Json(body);

    private static JsonHttpResult<JsonObject> Failed(Error error) => Failed(error.Kind == ErrorKind.NotFound ? 404 : 400, error.Message);

    private static JsonHttpResult<JsonObject> Failed(int status, string message) => TypedResults.Json(new JsonObject { ["error"] = message }, statusCode: status);
}
