using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>What an API owner decides about a pack.</summary>
/// <param name="BaseUrls">In order of preference; empty: the document's own first server.</param>
/// <param name="SourceUrl">Where the document came from; makes its relative servers absolute. Null when it was uploaded.</param>
public sealed record PackRecipe(
    string Namespace,
    string Name,
    string Version,
    Selection Selection,
    IReadOnlyList<string> BaseUrls,
    IReadOnlyList<PackCredential> Credentials,
    Uri? SourceUrl = null);

/// <summary>A compiled pack with everything that was decided on the way.</summary>
/// <param name="Lock">Canonical content of <c>pack.lock.json</c>.</param>
/// <param name="Hash">Of <paramref name="Lock"/>.</param>
public sealed record CompiledSource(CompiledPack Pack, byte[] Lock, string Hash, IReadOnlyList<Notice> Notices, IReadOnlyList<SkippedOperation> Skipped);

/// <summary>What a document offers.</summary>
/// <param name="Names">Tool names, one per operation of <paramref name="Api"/>, in its order.</param>
/// <param name="Tools">Every operation that can become a tool.</param>
public sealed record SourceAnalysis(
    ApiDescription Api,
    IReadOnlyList<string> Names,
    IReadOnlyList<PackTool> Tools,
    IReadOnlyList<Notice> Notices,
    IReadOnlyList<SkippedOperation> Skipped);
