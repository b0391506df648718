using McpPlatform.Packs;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Which of several media types a tool sends.</summary>
internal static class BodyTypes
{
    /// <summary>JSON before form before multipart before text before bytes: what a model writes best comes first. Ties go to the first in the document.</summary>
    public static string Best(IReadOnlyList<string> types) => types.OrderBy(Rank).First();

    /// <summary>How a body of that type is written.</summary>
    public static BodyKind KindOf(string type)
    {
        var bare = MediaTypes.Bare(type);
        return bare switch
        {
            _ when MediaTypes.IsJson(bare) || bare is "*/*" or "application/*" => BodyKind.Json,
            "application/x-www-form-urlencoded" => BodyKind.Form,
            _ when bare.StartsWith("multipart/", StringComparison.Ordinal) => BodyKind.Multipart,
            _ when MediaTypes.IsText(bare) => BodyKind.Text,
            _ => BodyKind.Binary,
        };
    }

    /// <summary>A range made a type that can be sent.</summary>
    public static string Concrete(string type) => MediaTypes.Bare(type) switch
    {
        "*/*" or "application/*" => "application/json",
        "text/*" => "text/plain",
        var bare when bare.EndsWith("/*", StringComparison.Ordinal) => "application/octet-stream",
        _ => type.Trim(),
    };

    private static int Rank(string type) => MediaTypes.Bare(type) is "application/json"
        ? -1
        : KindOf(type) switch
        {
            BodyKind.Json => 0,
            BodyKind.Form => 1,
            BodyKind.Multipart => 2,
            BodyKind.Text => 3,
            _ => 4,
        };
}
