using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Which operations become tools. Without any include everything is included; exclusion outranks.</summary>
public sealed record Selection(IReadOnlyList<OperationSelector>? Include = null, IReadOnlyList<OperationSelector>? Exclude = null, bool ExcludeDeprecated = false)
{
    /// <summary>Whether the operation becomes a tool.</summary>
    public bool Takes(ApiOperation operation)
    {
        var isIncluded = Include is null or { Count: 0 } || Include.Any(selector => selector.Matches(operation));
        return isIncluded && !(ExcludeDeprecated && operation.Deprecated) && Exclude?.Any(selector => selector.Matches(operation)) != true;
    }
}

/// <summary>Matches operations of which every given member holds; an empty selector matches none.</summary>
/// <param name="OperationIds">Exact.</param>
/// <param name="Tags">Exact; one suffices.</param>
/// <param name="Methods">Without regard to case.</param>
/// <param name="PathGlob"><c>*</c> stands for one segment or a part of it, <c>**</c> for anything.</param>
public sealed record OperationSelector(
    IReadOnlyList<string>? OperationIds = null,
    IReadOnlyList<string>? Tags = null,
    IReadOnlyList<string>? Methods = null,
    string? PathGlob = null)
{
    /// <summary>Characters of a pattern for paths, over which it is refused: a matcher is built from it. 300: the longest paths seen have 200.</summary>
    public const int MaxPathGlob = 300;

    // None for a pattern over the limit, which validation refuses before anything is matched.
    private readonly Regex? _path = PathGlob is null or { Length: > MaxPathGlob }
        ? null
        : new Regex($"^{Regex.Escape(PathGlob).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking);

    internal bool Matches(ApiOperation operation)
    {
        var isEmpty = OperationIds is null && Tags is null && Methods is null && _path is null;
        return !isEmpty
            && (OperationIds is null || (operation.Id is { } id && OperationIds.Contains(id, StringComparer.Ordinal)))
            && (Tags is null || operation.Tags.Any(tag => Tags.Contains(tag, StringComparer.Ordinal)))
            && (Methods is null || Methods.Contains(operation.Method, StringComparer.OrdinalIgnoreCase))
            && (_path is null || _path.IsMatch(operation.Path));
    }
}
