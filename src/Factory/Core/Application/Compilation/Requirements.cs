using System.Text.Json.Nodes;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Security, which both dialects describe alike.</summary>
internal static class Requirements
{
    /// <summary>The operation's own requirement, else the document's; null when neither says anything.</summary>
    public static IReadOnlyList<IReadOnlyList<string>>? Of(JsonObject operation, JsonObject root) =>
        (operation["security"] ?? root["security"]) is JsonArray alternatives
            ? [.. alternatives.OfType<JsonObject>().Select(a => (IReadOnlyList<string>)[.. a.Select(scheme => scheme.Key)])]
            : null;

    public static IReadOnlyList<ApiSecurityScheme> Schemes(JsonObject? schemes, References references)
    {
        var known = new List<ApiSecurityScheme>();
        foreach (var (name, node) in schemes ?? [])
        {
            try
            {
                known.Add(Scheme(name, references.Object(node, "the security scheme")));
            }
            catch (BadOperationException bad)
            {
                known.Add(new ApiSecurityScheme(name, null, CredentialPlace.Header, "", bad.Message));
            }
        }

        return known;
    }

    private static ApiSecurityScheme Scheme(string scheme, JsonObject described)
    {
        var type = Texts.Of(described, "type", 40);
        var detail = Texts.Of(described, "scheme", 40).ToLowerInvariant();
        var (credential, declared) = (type, detail) switch
        {
            ("apiKey", _) => (CredentialType.ApiKey, type),
            ("basic", _) or ("http", "basic") => (CredentialType.Basic, "http basic"),
            ("http", "bearer") => (CredentialType.Bearer, "http bearer"),
            ("oauth2", _) or ("openIdConnect", _) => (CredentialType.Bearer, type),
            _ => ((CredentialType?)null, $"{type} {detail}".Trim()),
        };
        var place = Texts.Raw(described, "in") switch
        {
            "query" => CredentialPlace.Query,
            "cookie" => CredentialPlace.Cookie,
            _ => CredentialPlace.Header,
        };
        return new ApiSecurityScheme(scheme, credential, place, credential == CredentialType.ApiKey ? Texts.Raw(described, "name") ?? "" : "", declared);
    }
}
