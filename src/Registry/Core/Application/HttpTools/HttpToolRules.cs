using System.Text.Json;
using System.Text.RegularExpressions;
using FluentValidation;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>Shape of an HTTP operation. Where it may connect to is decided by the factory's egress rules when it is deployed.</summary>
internal sealed partial class HttpToolRules : AbstractValidator<HttpToolTerms>
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    public HttpToolRules()
    {
        RuleFor(t => t.Description).Must(d => d.Length is > 0 and <= HttpTool.MaxDescriptionLength && !d.Any(c => char.IsControl(c) && c != '\n'))
            .WithMessage($"must be 1 to {HttpTool.MaxDescriptionLength} characters without control characters: models choose the tool by it");
        RuleFor(t => t.Method).Must(m => Methods.Contains(m)).WithMessage($"must be one of {string.Join(", ", Methods)}");
        RuleFor(t => t.Url).Must(u => ServerRules.IsUrl(Placeholder().Replace(u, "x")) && !u.Contains('?', StringComparison.Ordinal))
            .WithMessage("must be an absolute http or https address without user name, query or fragment; put query parameters into parameters");
        RuleFor(t => t.FallbackUrls).Must(urls => urls.Count <= HttpTool.MaxFallbacks && urls.All(IsBase))
            .WithMessage($"must be at most {HttpTool.MaxFallbacks} base addresses such as https://host:port, without a path");
        RuleFor(t => t.Parameters).Must(p => p.Count <= HttpTool.MaxParameters && p.Select(x => (x.In, x.Name.ToUpperInvariant())).Distinct().Count() == p.Count)
            .WithMessage($"must be at most {HttpTool.MaxParameters}, each only once");
        RuleForEach(t => t.Parameters).Must(IsParameter).WithMessage("needs a name of 1 to 64 of A-Z, a-z, 0-9, '_', '-', '.', and 'in' as path, query or header; a schema is an object");
        RuleFor(t => t).Must(PathFits).WithName("Parameters").WithMessage("must name exactly the path parameters that stand in braces in the url");
        RuleFor(t => t.BodySchema).Must(s => s is null or { ValueKind: JsonValueKind.Object }).WithMessage("must be a JSON Schema object");
        RuleFor(t => t.BodySchema).Null().When(t => t.Method is "GET" or "HEAD" or "DELETE").WithMessage("a GET, HEAD or DELETE has no body");
        RuleFor(t => t.SecretName).Must(n => n is null || Name().IsMatch(n)).WithMessage("must be the name of a secret");
    }

    internal static bool IsToolName(string name) => Name().IsMatch(name);

    private static bool IsParameter(HttpToolParameter parameter) =>
        Name().IsMatch(parameter.Name) && parameter.In is "path" or "query" or "header" && parameter.Schema is null or { ValueKind: JsonValueKind.Object };

    private static bool IsBase(string url) => ServerRules.IsUrl(url) && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.AbsolutePath == "/" && parsed.Query.Length == 0;

    private static bool PathFits(HttpToolTerms terms) =>
        Placeholder().Matches(terms.Url).Select(m => m.Groups[1].Value).ToHashSet().SetEquals(terms.Parameters.Where(p => p.In == "path").Select(p => p.Name));

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,64}$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\{([A-Za-z0-9_.-]{1,64})\}")]
    private static partial Regex Placeholder();
}
