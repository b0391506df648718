using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using MediatR;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>Shows what a description of an API offers, without storing anything.</summary>
public sealed record AnalyzeSource(byte[] Content) : IRequest<Result<AnalysisView>>, IQuery;

/// <param name="EstimatedTokens">Of a listing of all tools: bytes by four.</param>
public sealed record AnalysisView(
    string Title,
    string Version,
    string SpecVersion,
    IReadOnlyList<string> Servers,
    IReadOnlyList<ApiSecurityScheme> SecuritySchemes,
    IReadOnlyList<OperationView> Operations,
    IReadOnlyList<ToolView> Tools,
    IReadOnlyList<Notice> Warnings,
    IReadOnlyList<SkippedOperation> Skipped,
    int EstimatedTokens);

/// <param name="Tool">The tool it becomes; null when it is skipped.</param>
public sealed record OperationView(string? Id, string Method, string Path, string Summary, IReadOnlyList<string> Tags, bool Deprecated, string? Tool);

/// <summary>A tool as it would be listed.</summary>
public sealed record ToolView(string Name, string Title, string Description, string Method, string Path, bool ReadOnly, int EstimatedTokens);

internal sealed class AnalyzeSourceHandler(PackCompiler compiler) : IRequestHandler<AnalyzeSource, Result<AnalysisView>>
{
    public Task<Result<AnalysisView>> Handle(AnalyzeSource request, CancellationToken cancellationToken)
    {
        var result = compiler.Analyze(request.Content);
        return Task.FromResult(result.Error is { } error ? error : new Result<AnalysisView>(View(result.Value)));
    }

    private static AnalysisView View(SourceAnalysis analysis)
    {
        var tools = analysis.Tools.Select(PackViews.Tool).ToList();
        var compiled = tools.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var operations = analysis.Api.Operations.Zip(analysis.Names)
            .Select(o => new OperationView(o.First.Id, o.First.Method, o.First.Path, o.First.Summary, o.First.Tags, o.First.Deprecated, compiled.Contains(o.Second) ? o.Second : null));
        return new AnalysisView(
            analysis.Api.Title,
            analysis.Api.Version,
            analysis.Api.SpecVersion,
            analysis.Api.ServerUrls,
            analysis.Api.SecuritySchemes,
            [.. operations],
            tools,
            analysis.Notices,
            analysis.Skipped,
            tools.Sum(t => t.EstimatedTokens));
    }
}
