using System.Globalization;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.ToolSets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>Tool sets (virtual servers) of the caller's tenant.</summary>
internal static class ToolSetEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var sets = endpoints.MapGroup("/api/v1/tool-sets").WithTags("Tool sets");
        sets.WithRequestTimeout("management");
        sets.MapGet("/", List).RequirePermission(Permissions.ToolsRead).WithSummary("Lists tool sets by slug.");
        sets.MapPost("/", Create).RequirePermission(Permissions.ToolsWrite).WithSummary("Creates a tool set: chosen tools, prompts and resources of several servers at /mcp/sets/{slug}.");
        sets.MapGet("/{set}", Get).RequirePermission(Permissions.ToolsRead).WithSummary("Shows a tool set, by id or slug, how much it holds now and what of it matches nothing; its version is its ETag.");
        sets.MapPut("/{set}", Replace).RequirePermission(Permissions.ToolsWrite).WithSummary("Replaces what it is, as a whole; with If-Match only the version that was read.");
        sets.MapDelete("/{set}", Delete).RequirePermission(Permissions.ToolsWrite).WithSummary("Removes a tool set; its servers stay.");
        sets.MapGet("/{set}/versions", Versions).RequirePermission(Permissions.ToolsRead).WithSummary("Shows all its versions, newest first; by id also after it was removed.");
        sets.MapGet("/{set}/versions/{version}", Version).RequirePermission(Permissions.ToolsRead).WithSummary("Shows one of its versions.");
        sets.MapGet("/{set}/diff", Diff).RequirePermission(Permissions.ToolsRead).WithSummary("Shows what is different between two of its versions: from (the one before), to (the newest).");
        sets.MapPost("/{set}/rollback", RollBack).RequirePermission(Permissions.ToolsWrite).WithSummary("Makes it what it was in a version, as a new version; with If-Match only the version that was read.");
    }

    /// <param name="Title">Shown to people; left out = the slug, or as it is.</param>
    /// <param name="Instructions">For the model, when a client opens the set.</param>
    /// <param name="Members">Servers (slug, pattern or tag), and patterns of their tools, prompts and resources; without any of the three lists everything of them.</param>
    /// <param name="Overrides">For single items: a name, title, description, annotations, and arguments that are always sent and that no client sees.</param>
    /// <param name="Exclude">Patterns server/name of what it does not hold.</param>
    /// <param name="Naming">qualified (server__name) or own (the server's own name where only one item wants it).</param>
    /// <param name="Disclosure">off: all definitions are listed; on: tools are found with search_tools; auto: whichever is less to read.</param>
    /// <param name="Pinned">Patterns server/name of tools that are listed all the same.</param>
    /// <param name="Enabled">False: there is no such endpoint.</param>
    internal record ToolSetBody(
        IReadOnlyList<SetMember> Members,
        string? Title = null,
        string? Description = null,
        string? Instructions = null,
        IReadOnlyList<SetOverride>? Overrides = null,
        IReadOnlyList<string>? Exclude = null,
        string Naming = ToolSetNaming.Qualified,
        string Disclosure = ToolSetDisclosure.Off,
        IReadOnlyList<string>? Pinned = null,
        bool Enabled = true)
    {
        internal ToolSetTerms Terms(string slug) => new(Title ?? slug, Description ?? "", Instructions, Members, Overrides, Exclude, Naming, Disclosure, Pinned, Enabled);
    }

    internal sealed record CreateToolSetBody(
        string Slug,
        IReadOnlyList<SetMember> Members,
        string? Title = null,
        string? Description = null,
        string? Instructions = null,
        IReadOnlyList<SetOverride>? Overrides = null,
        IReadOnlyList<string>? Exclude = null,
        string Naming = ToolSetNaming.Qualified,
        string Disclosure = ToolSetDisclosure.Off,
        IReadOnlyList<string>? Pinned = null,
        bool Enabled = true)
        : ToolSetBody(Members, Title, Description, Instructions, Overrides, Exclude, Naming, Disclosure, Pinned, Enabled);

    /// <param name="Version">What it is to be again.</param>
    internal sealed record RollBackBody(int Version);

    private static async Task<Results<Ok<Page<ToolSetView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListToolSets(limit, cursor), ct)).ToOk();

    private static async Task<Results<Created<ToolSetView>, ErrorResult>> Create(CreateToolSetBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new CreateToolSet(body.Slug, body.Terms(body.Slug)), ct)).ToCreated(http, set => $"/api/v1/tool-sets/{set.Id}");

    private static async Task<Results<Ok<ToolSetView>, ErrorResult>> Get(string set, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetToolSet(set), ct)).ToOk(http);

    private static async Task<Results<Ok<ToolSetView>, ErrorResult>> Replace(string set, ToolSetBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new ReplaceToolSet(set, body.Terms(set), version, KeepsTitle: body.Title is null), ct))).ToOk(http);

    private static async Task<Results<NoContent, ErrorResult>> Delete(string set, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeleteToolSet(set, version), ct))).ToNoContent();

    private static async Task<Results<Ok<Page<ToolSetRevisionView>>, ErrorResult>> Versions(string set, ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new GetToolSetVersions(set, limit, cursor), ct)).ToOk();

    /// <summary>What is no number is a version that there is not.</summary>
    private static async Task<Results<Ok<ToolSetRevisionView>, ErrorResult>> Version(string set, string version, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetToolSetVersion(set, int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0), ct)).ToOk();

    private static async Task<Results<Ok<ToolSetDifference>, ErrorResult>> Diff(string set, ISender sender, CancellationToken ct, int? from = null, int? to = null) =>
        (await sender.Send(new DiffToolSet(set, from, to), ct)).ToOk();

    private static async Task<Results<Ok<ToolSetView>, ErrorResult>> RollBack(string set, RollBackBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new RollBackToolSet(set, body.Version, version), ct))).ToOk(http);
}
