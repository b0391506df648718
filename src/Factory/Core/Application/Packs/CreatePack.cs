using FluentValidation;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Net;
using McpPlatform.Packs;
using MediatR;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>
/// Compiles a pack version and stores it. The same content again is answered as it was; other content under the same version is refused with
/// <c>pack.version_exists</c>.
/// </summary>
/// <param name="Content">The description of the API.</param>
/// <param name="BaseUrls">In order of preference; empty: the document's own.</param>
public sealed record CreatePack(
    string Namespace,
    string Name,
    string Version,
    byte[] Content,
    Uri? SourceUrl,
    Selection Selection,
    IReadOnlyList<string> BaseUrls,
    IReadOnlyList<PackCredential> Credentials) : IRequest<Result<PackView>>;

internal sealed class CreatePackValidator : AbstractValidator<CreatePack>
{
    public CreatePackValidator()
    {
        RuleFor(c => c.Namespace).NotEmpty().MaximumLength(PackVersion.MaxNamespace).Matches(PackText.Namespace()).WithMessage($"namespace {PackText.NamespaceRule}");
        RuleFor(c => c.Name).NotEmpty().Matches(PackText.Name()).WithMessage($"name {PackText.NameRule}");
        RuleFor(c => c.Version).NotEmpty().MaximumLength(PackVersion.MaxVersion).Matches(PackText.Version()).WithMessage($"version {PackText.VersionRule}");
        RuleFor(c => c.Content).NotEmpty();
        RuleFor(c => c.BaseUrls).Must(urls => urls.Count <= 16).WithMessage("At most 16 base addresses.");
        RuleForEach(c => c.BaseUrls).Must(url => HttpTarget.TryParse(url, out _, out _)).WithMessage("Each base address must be an absolute http(s) address without user name.");
        RuleFor(c => c.Selection).Must(s => All(s).Count() <= 200 && All(s).All(one => one.PathGlob is not { Length: > OperationSelector.MaxPathGlob }))
            .WithMessage($"At most 200 selectors, each with a path_glob of at most {OperationSelector.MaxPathGlob} characters.");
        RuleFor(c => c.Credentials).Must(list => list.Count <= 16 && list.DistinctBy(c => c.Scheme).Count() == list.Count).WithMessage("At most 16 credentials, each with its own scheme.");
        RuleForEach(c => c.Credentials).Must(c => c.Scheme.Length is >= 1 and <= 100 && c.Secret.Length is >= 1 and <= StoredSecret.MaxName && c.Name.Length <= 100)
            .WithMessage("A credential needs a scheme and a secret_ref, an API key also a name; each at most 100 characters.");
    }

    private static IEnumerable<OperationSelector> All(Selection selection) => [.. selection.Include ?? [], .. selection.Exclude ?? []];
}

internal sealed class CreatePackHandler(PackCompiler compiler, IPackStore packs, TenantContext tenant, TimeProvider clock) : IRequestHandler<CreatePack, Result<PackView>>
{
    public async Task<Result<PackView>> Handle(CreatePack request, CancellationToken cancellationToken)
    {
        var recipe = new PackRecipe(request.Namespace, request.Name, request.Version, request.Selection, request.BaseUrls, request.Credentials, request.SourceUrl);
        var result = compiler.Compile(request.Content, recipe);
        if (result.Error is { } error)
        {
            return error;
        }

        var compiled = result.Value;
        if (await packs.Find(request.Namespace, request.Name, request.Version, cancellationToken) is { } existing)
        {
            return existing.LockHash == compiled.Hash
                ? PackViews.Of(existing, existed: true)
                : Error.Conflict("pack.version_exists", $"Version {request.Version} of {existing.FullName} has other content. Versions never change: choose another one.");
        }

        var pack = PackRecords.New(compiled, tenant.TenantId!.Value, clock);
        packs.Add(pack);
        return PackViews.Of(pack);
    }
}

internal static class PackRecords
{
    /// <summary>The record of a compiled pack.</summary>
    public static PackVersion New(CompiledSource compiled, Guid tenantId, TimeProvider clock)
    {
        var (identity, now) = (compiled.Pack.Pack, clock.GetUtcNow());
        var pack = new PackVersion(Guid.CreateVersion7(now), tenantId, identity.Namespace, identity.Name, identity.Version, identity.Title, now);
        pack.Take(
            compiled.Lock,
            compiled.Hash,
            ToolListing.Hash(compiled.Pack),
            compiled.Pack.Tools.Count,
            [.. compiled.Pack.Hosts()],
            [.. compiled.Pack.Credentials.Select(c => c.Secret).Distinct(StringComparer.Ordinal)],
            PackViews.Report(compiled));
        return pack;
    }
}
