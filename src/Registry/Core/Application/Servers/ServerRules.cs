using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>Rules that registering and changing share. They check shape; whether an address may be reached is decided when it is connected to.</summary>
internal static class ServerRules
{
    private const int MaxSecretLength = 8192;

    // Framing and hop-by-hop headers are the transport's own; a credential in Host or a length would break or redirect the request.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-encoding", "content-length", "content-type", "accept", "expect", "host", "keep-alive", "last-event-id", "mcp-method", "mcp-name",
        "mcp-protocol-version", "mcp-session-id", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "traceparent", "tracestate",
    };

    public static IRuleBuilderOptions<T, string?> IsSlug<T>(this IRuleBuilder<T, string?> rule) => rule.Must(Slug.IsValid).WithMessage(Slug.Rule);

    public static IRuleBuilderOptions<T, string?> IsTitle<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(text => text is null || (text.Length <= RegisteredServer.MaxTitleLength && !text.Any(char.IsControl)))
        .WithMessage($"must be at most {RegisteredServer.MaxTitleLength} characters without control characters");

    public static IRuleBuilderOptions<T, string?> IsEnvironment<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(text => string.IsNullOrEmpty(text) || Slug.IsValid(text)).WithMessage($"is empty, or {Slug.Rule}");

    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> AreTags<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule
        .Must(tags => tags is null || (tags.Count <= RegisteredServer.MaxTags && tags.All(Slug.IsValid)))
        .WithMessage($"must be at most {RegisteredServer.MaxTags} tags, each of which {Slug.Rule}");

    public static IRuleBuilderOptions<T, string?> IsServerUrl<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(IsUrl)
        .WithMessage($"must be an absolute http or https address of at most {RegisteredServer.MaxUrlLength} characters, without user name, password or fragment; put credentials into headers");

    public static IRuleBuilderOptions<T, IReadOnlyDictionary<string, string>?> AreHeaders<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) => rule
        .Must(headers => headers is null || (headers.Count <= RegisteredServer.MaxSecrets
            && headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == headers.Count
            && headers.All(h => IsHeaderName(h.Key) && IsHeaderValue(h.Value))))
        .WithMessage($"must be at most {RegisteredServer.MaxSecrets} headers: names are HTTP tokens that the transport does not set itself (Host, Content-Length, Mcp-...), values are visible characters");

    public static IRuleBuilderOptions<T, IReadOnlyDictionary<string, string>?> AreVariables<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) => rule
        .Must(variables => variables is null || (variables.Count <= RegisteredServer.MaxSecrets && variables.All(v => IsVariableName(v.Key) && v.Value is { Length: <= MaxSecretLength } && !v.Value.Contains('\0'))))
        .WithMessage($"must be at most {RegisteredServer.MaxSecrets} variables named like environment variables, with values of at most {MaxSecretLength} characters");

    internal static bool IsUrl(string? text) =>
        text is { Length: > 0 and <= RegisteredServer.MaxUrlLength }
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.UserInfo.Length == 0
        && url.Fragment.Length == 0
        && url.Host.Length > 0;

    private static bool IsHeaderName(string name) =>
        name is { Length: > 0 and <= 128 } && !Reserved.Contains(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    // A dictionary of texts can hold null all the same: JSON says so.
    private static bool IsHeaderValue(string? value) => value is not null && value.Length <= MaxSecretLength && value.All(c => c is '\t' or (>= ' ' and <= '~'));

    private static bool IsVariableName(string name) => name is { Length: > 0 and <= 128 } && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
