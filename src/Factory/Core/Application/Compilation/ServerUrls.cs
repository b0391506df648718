using McpPlatform.Kernel;
using McpPlatform.Net;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Where calls of a pack go.</summary>
internal static class ServerUrls
{
    /// <summary>The owner's base addresses, else the first server of the document.</summary>
    public static Result<IReadOnlyList<string>> Of(PackRecipe recipe, ApiDescription api)
    {
        if (recipe.BaseUrls.Count > 0)
        {
            return new Result<IReadOnlyList<string>>(recipe.BaseUrls);
        }

        return api.ServerUrls.Select(url => Absolute(url, recipe.SourceUrl)).FirstOrDefault(url => url is not null) is { } first
            ? new Result<IReadOnlyList<string>>([first])
            : Error.Unprocessable("pack.no_server", "The document names no absolute server address: give the pack a base_url.");
    }

    /// <summary>The operation's own servers, where it has some and the owner did not decide otherwise.</summary>
    public static IReadOnlyList<string>? OfOperation(ApiOperation operation, PackRecipe recipe, List<Notice> notices)
    {
        if (operation.ServerUrls is not { Count: > 0 } own)
        {
            return null;
        }

        if (recipe.BaseUrls.Count > 0)
        {
            notices.Add(new Notice("operation.server_overridden", $"{operation.Method} {operation.Path}", $"Its own server '{Texts.Clean(own[0], 200)}' gives way to the pack's base address."));
            return null;
        }

        return Absolute(own[0], recipe.SourceUrl) is { } url ? [url] : null;
    }

    private static string? Absolute(string url, Uri? source)
    {
        if (HttpTarget.TryParse(url, out _, out _))
        {
            return url;
        }

        var isRelative = source is not null && url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal);
        return isRelative && Uri.TryCreate(source, url, out var joined) && HttpTarget.TryParse(joined.AbsoluteUri, out _, out _) ? joined.AbsoluteUri : null;
    }
}
