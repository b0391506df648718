using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Which of a pack's credentials an operation sends: as few as its description asks for.</summary>
internal static class Credentials
{
    /// <summary>
    /// Credentials whose scheme the document does not know go with every operation: the owner gave them for that. Of the others the first alternative that
    /// is complete is taken. An operation that is public by its description gets none of those; one that nothing is said about, all.
    /// </summary>
    public static IReadOnlyList<string> For(ApiOperation operation, ApiDescription api, IReadOnlyList<PackCredential> credentials)
    {
        var known = api.SecuritySchemes.Select(s => s.Scheme).ToHashSet(StringComparer.Ordinal);
        var given = credentials.Select(c => c.Scheme).ToList();
        var always = given.Where(scheme => !known.Contains(scheme));
        if (operation.Security is not { } alternatives)
        {
            return given;
        }

        var complete = alternatives.Where(a => a.Count > 0).FirstOrDefault(a => a.All(scheme => given.Contains(scheme, StringComparer.Ordinal))) ?? [];
        return [.. given.Where(scheme => complete.Contains(scheme, StringComparer.Ordinal) || always.Contains(scheme, StringComparer.Ordinal))];
    }
}
