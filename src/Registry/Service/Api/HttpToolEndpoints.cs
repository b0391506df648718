using System.Text.Json;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.HttpTools;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>Tools that are registered on their own, as one HTTP operation each.</summary>
internal static class HttpToolEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var tools = endpoints.MapGroup("/api/v1/tools").WithTags("Tools");
        tools.WithRequestTimeout("management");
        tools.MapPost("/", Register).RequirePermission(Permissions.ToolsWrite).WithSummary("Registers one HTTP operation as a tool, with fallback addresses; the factory deploys it as a server of its own.");
        tools.MapGet("/http", List).RequirePermission(Permissions.ToolsRead).WithSummary("Lists tools that were registered as HTTP operations, oldest first.");
        tools.MapGet("/http/{id:guid}", Get).RequirePermission(Permissions.ToolsRead).WithSummary("Shows such a tool; its version is its ETag.");
        tools.MapPut("/http/{id:guid}", Replace).RequirePermission(Permissions.ToolsWrite).WithSummary("Replaces what it does; with If-Match only the version that was read.");
        tools.MapDelete("/http/{id:guid}", Delete).RequirePermission(Permissions.ToolsWrite).WithSummary("Removes it, and its server.");
        tools.MapGet("/http/{id:guid}/history", History).RequirePermission(Permissions.ToolsRead).WithSummary("Shows all its versions, newest first, also after it was removed.");
    }

    /// <param name="Url">Absolute; {name} in its path is a path parameter.</param>
    /// <param name="BodySchema">JSON Schema of the JSON body; left out = no body.</param>
    /// <param name="FallbackUrls">Base addresses that are tried in order when the first fails.</param>
    /// <param name="SecretName">A secret of the factory, sent as a bearer.</param>
    internal sealed record HttpOperationBody(
        string Description,
        string Method,
        string Url,
        IReadOnlyList<HttpToolParameter>? Parameters = null,
        JsonElement? BodySchema = null,
        IReadOnlyList<string>? FallbackUrls = null,
        string? SecretName = null)
    {
        internal HttpToolTerms Terms => new(Description, Method.ToUpperInvariant(), Url, Parameters ?? [], BodySchema, FallbackUrls ?? [], SecretName);
    }

    /// <param name="Slug">The server under which it appears; left out = made of the name.</param>
    internal sealed record RegisterHttpToolBody(
        string Name,
        string Description,
        string Method,
        string Url,
        string? Slug = null,
        IReadOnlyList<HttpToolParameter>? Parameters = null,
        JsonElement? BodySchema = null,
        IReadOnlyList<string>? FallbackUrls = null,
        string? SecretName = null)
    {
        internal HttpToolTerms Terms => new HttpOperationBody(Description, Method, Url, Parameters, BodySchema, FallbackUrls, SecretName).Terms;
    }

    private static async Task<Results<Created<HttpToolView>, ErrorResult>> Register(RegisterHttpToolBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new RegisterHttpTool(body.Name, body.Slug, body.Terms), ct)).ToCreated(http, tool => $"/api/v1/tools/http/{tool.Id}");

    private static async Task<Results<Ok<Page<HttpToolView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListHttpTools(limit, cursor), ct)).ToOk();

    private static async Task<Results<Ok<HttpToolView>, ErrorResult>> Get(Guid id, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetHttpTool(id), ct)).ToOk(http);

    private static async Task<Results<Ok<HttpToolView>, ErrorResult>> Replace(Guid id, HttpOperationBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new ReplaceHttpTool(id, body.Terms, version), ct))).ToOk(http);

    private static async Task<Results<NoContent, ErrorResult>> Delete(Guid id, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeleteHttpTool(id, version), ct))).ToNoContent();

    private static async Task<Results<Ok<Page<HttpToolRevisionView>>, ErrorResult>> History(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetHttpToolHistory(id), ct)).ToOk();
}
