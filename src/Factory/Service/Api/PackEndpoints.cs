using System.Text.Json;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Factory.Application.Packs;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Factory.Api;

/// <summary>Packs: analyse, create, read, delete.</summary>
internal static class PackEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var packs = endpoints.MapGroup("/api/v1/packs").WithTags("Packs");
        packs.WithRequestTimeout("management");
        packs.MapPost("/analyze", Analyze).RequirePermission(Permissions.PacksWrite).WithSummary("Shows the tools that a description of an API offers").Accepts<AnalyzeRequest>("application/json", "application/yaml", "multipart/form-data").DisableAntiforgery();
        packs.MapPost("/", Create).RequirePermission(Permissions.PacksWrite).WithSummary("Compiles and stores a pack version");
        packs.MapGet("/", List).RequirePermission(Permissions.PacksRead).WithSummary("Lists pack versions, newest first");
        packs.MapGet("/{namespace}/{name}/{version}", Get).RequirePermission(Permissions.PacksRead).WithSummary("One pack version");
        packs.MapGet("/{namespace}/{name}/{version}/lock", GetLock).RequirePermission(Permissions.PacksRead).WithSummary("The compiled content, pack.lock.json");
        packs.MapDelete("/{namespace}/{name}/{version}", Delete).RequirePermission(Permissions.PacksWrite).WithSummary("Removes a pack version that no deployment uses");
    }

    private static async Task<Results<Ok<AnalysisView>, ErrorResult>> Analyze(HttpRequest request, ISender sender, CancellationToken ct)
    {
        var uploaded = await UploadedDocument.Read(request, ct);
        if (uploaded.Error is { } unreadable)
        {
            return unreadable.ToResult();
        }

        var content = uploaded.Value.Content;
        if (uploaded.Value.Request is { } source)
        {
            var read = await sender.Send(new ReadSource(source.Document, source.Url), ct);
            if (read.Error is { } error)
            {
                return error.ToResult();
            }

            content = read.Value.Content;
        }

        var result = await sender.Send(new AnalyzeSource(content), ct);
        return result.ToOk();
    }

    private static async Task<Results<Created<PackView>, Ok<PackView>, ErrorResult>> Create(CreatePackRequest request, ISender sender, CancellationToken ct)
    {
        var source = await sender.Send(new ReadSource(request.Document, request.Url), ct);
        if (source.Error is { } unreadable)
        {
            return unreadable.ToResult();
        }

        var result = await sender.Send(request.ToCommand(source.Value), ct);
        return result.Match<Results<Created<PackView>, Ok<PackView>, ErrorResult>>(
            pack => pack.Existed ? TypedResults.Ok(pack) : TypedResults.Created($"/api/v1/packs/{pack.Namespace}/{pack.Name}/{pack.Version}", pack),
            error => error.ToResult());
    }

    private static async Task<Results<Ok<Page<PackView>>, ErrorResult>> List(int? limit, string? cursor, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new ListPacks(limit, cursor), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<PackView>, ErrorResult>> Get(string @namespace, string name, string version, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetPack(@namespace, name, version), ct);
        return result.ToOk();
    }

    private static async Task<Results<FileContentHttpResult, ErrorResult>> GetLock(string @namespace, string name, string version, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetPackLock(@namespace, name, version), ct);
        return result.Match<Results<FileContentHttpResult, ErrorResult>>(
            content => TypedResults.File(content.Lock, "application/json", "pack.lock.json", entityTag: new($"\"{content.Hash}\"")),
            error => error.ToResult());
    }

    private static async Task<Results<NoContent, ErrorResult>> Delete(string @namespace, string name, string version, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new DeletePack(@namespace, name, version), ct);
        return result.ToNoContent();
    }
}

/// <summary>A description of an API: inline or by address. It may also be the body itself, in JSON or YAML, or an uploaded file.</summary>
public sealed record AnalyzeRequest(JsonElement? Document = null, string? Url = null);

/// <summary>A pack version to compile.</summary>
/// <param name="Document">The description, as an object or as a text in JSON or YAML; or <paramref name="Url"/>.</param>
/// <param name="BaseUrl">Where the API is; absent: as the description says.</param>
/// <param name="FallbackUrls">Where else it is, in order.</param>
public sealed record CreatePackRequest(
    string Namespace,
    string Name,
    string Version,
    JsonElement? Document = null,
    string? Url = null,
    SelectionRequest? Selection = null,
    string? BaseUrl = null,
    IReadOnlyList<string>? FallbackUrls = null,
    IReadOnlyList<CredentialRequest>? Credentials = null)
{
    internal CreatePack ToCommand(SourceText source) => new(
        Namespace,
        Name,
        Version,
        source.Content,
        source.Url,
        Selection?.ToSelection() ?? new Selection(),
        [.. BaseUrl is null ? [] : new[] { BaseUrl }, .. FallbackUrls ?? []],
        [.. (Credentials ?? []).Select(c => new PackCredential(c.Scheme, c.Type, c.In, c.Name ?? "", c.SecretRef))]);
}

/// <summary>Which operations become tools; without any include, all.</summary>
public sealed record SelectionRequest(IReadOnlyList<SelectorRequest>? Include = null, IReadOnlyList<SelectorRequest>? Exclude = null, bool ExcludeDeprecated = false)
{
    internal Selection ToSelection() => new(Selectors(Include), Selectors(Exclude), ExcludeDeprecated);

    private static List<OperationSelector>? Selectors(IReadOnlyList<SelectorRequest>? selectors) =>
        selectors?.Select(s => new OperationSelector(s.OperationIds, s.Tags, s.Methods, s.PathGlob)).ToList();
}

/// <summary>Operations of which all given members hold.</summary>
public sealed record SelectorRequest(IReadOnlyList<string>? OperationIds = null, IReadOnlyList<string>? Tags = null, IReadOnlyList<string>? Methods = null, string? PathGlob = null);

/// <summary>A credential by reference to a secret.</summary>
/// <param name="Scheme">A security scheme of the description, or a name of its own: then it goes with every call.</param>
/// <param name="Name">Header, query parameter or cookie of an API key.</param>
public sealed record CredentialRequest(string Scheme, CredentialType Type, string SecretRef, CredentialPlace In = CredentialPlace.Header, string? Name = null);
