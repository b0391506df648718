using McpPlatform.Kernel;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// Descriptions of APIs to packs: read → describe → select → compile → lock. Pure: no network, no files, no clock; equal input gives equal bytes.
/// Errors: <c>document.*</c> when the document cannot be read, <c>pack.*</c> when it can but no pack comes of it.
/// </summary>
public sealed class PackCompiler(SourceLimits limits)
{
    /// <summary>Shows what a document offers, every operation considered.</summary>
    public Result<SourceAnalysis> Analyze(ReadOnlyMemory<byte> content)
    {
        var notices = new List<Notice>();
        try
        {
            var (api, names, compiler) = Open(content, notices);
            var skipped = api.Unreadable.ToList();
            var tools = new List<PackTool>();
            foreach (var (operation, name) in api.Operations.Zip(names))
            {
                if (TryCompile(compiler, operation, name, [], null, skipped) is { } tool)
                {
                    tools.Add(tool);
                }
            }

            return tools.Count == 0 && skipped.Count > 0 ? NoTools(skipped) : new SourceAnalysis(api, names, tools, Distinct(notices), skipped);
        }
        catch (BadDocumentException bad)
        {
            return Refusal(bad);
        }
    }

    /// <summary>Compiles the selected operations.</summary>
    public Result<CompiledSource> Compile(ReadOnlyMemory<byte> content, PackRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var notices = new List<Notice>();
        try
        {
            var (api, names, compiler) = Open(content, notices);
            var servers = ServerUrls.Of(recipe, api);
            if (servers.Error is { } noServer)
            {
                return noServer;
            }

            var skipped = api.Unreadable.ToList();
            var tools = new List<PackTool>();
            foreach (var (operation, name) in api.Operations.Zip(names).Where(o => recipe.Selection.Takes(o.First)))
            {
                var schemes = Credentials.For(operation, api, recipe.Credentials);
                var own = ServerUrls.OfOperation(operation, recipe, notices);
                if (TryCompile(compiler, operation, name, schemes, own, skipped) is { } tool)
                {
                    tools.Add(tool);
                }
            }

            return tools.Count == 0 ? NoTools(skipped) : Lock(recipe, api, servers.Value, tools, Distinct(notices), skipped);
        }
        catch (BadDocumentException bad)
        {
            return Refusal(bad);
        }
    }

    private (ApiDescription Api, List<string> Names, ToolCompiler Compiler) Open(ReadOnlyMemory<byte> content, List<Notice> notices)
    {
        var root = SourceReader.Read(content, limits, notices);
        var (api, dialect) = DocumentReader.Read(root, limits, notices);
        return (api, ToolNames.For(api.Operations), new ToolCompiler(new References(root), dialect, notices));
    }

    private static PackTool? TryCompile(ToolCompiler compiler, ApiOperation operation, string name, IReadOnlyList<string> schemes, IReadOnlyList<string>? servers, List<SkippedOperation> skipped)
    {
        try
        {
            return compiler.Compile(operation, name, schemes, servers);
        }
        catch (BadOperationException bad)
        {
            skipped.Add(new SkippedOperation(operation.Method, operation.Path, operation.Id, bad.Message));
            return null;
        }
    }

    private static Result<CompiledSource> Lock(PackRecipe recipe, ApiDescription api, IReadOnlyList<string> servers, List<PackTool> tools, List<Notice> notices, List<SkippedOperation> skipped)
    {
        var pack = new CompiledPack(
            CompiledPack.CurrentLockVersion,
            new PackIdentity(recipe.Namespace, recipe.Name, recipe.Version, api.Title.Length > 0 ? api.Title : recipe.Name, api.Description),
            new PackUpstream(servers, new Dictionary<string, string>()),
            recipe.Credentials,
            [.. tools.OrderBy(t => t.Name, StringComparer.Ordinal)]);
        try
        {
            var (content, hash) = PackLock.Write(pack);
            return new CompiledSource(pack, content, hash, notices, skipped);
        }
        catch (InvalidPackException invalid)
        {
            return Error.Unprocessable("pack.invalid", invalid.Message);
        }
    }

    private static Error NoTools(List<SkippedOperation> skipped) => Error.Unprocessable(
        "pack.no_tools",
        skipped.Count == 0 ? "No operation is selected." : "No operation of the document can become a tool.",
        [.. skipped.Take(20).Select(s => new ErrorDetail($"{s.Method} {Texts.Clean(s.Path, 200)}", s.Reason))]);

    private static Error Refusal(BadDocumentException bad) =>
        bad.Code is "document.too_large" or "document.too_many_operations" ? Error.TooLarge(bad.Code, bad.Message) : Error.Unprocessable(bad.Code, bad.Message);

    private static List<Notice> Distinct(List<Notice> notices) => [.. notices.Distinct()];
}
