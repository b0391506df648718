using System.Globalization;
using System.Text.Json;

namespace McpPlatform.Packs;

/// <summary>
/// A pack ready to run: what <c>pack.lock.json</c> holds. Everything that the description of the API left open is decided here, so that the runtime needs
/// neither OpenAPI nor YAML. Read and written by <see cref="PackLock"/>, checked by <see cref="PackRules"/>.
/// </summary>
/// <param name="LockVersion">Version of this format; readers refuse others.</param>
/// <param name="Pack">Which pack it is.</param>
/// <param name="Upstream">Where calls go and what they may spend.</param>
/// <param name="Credentials">How calls authenticate; values are not here but looked up by <see cref="PackCredential.Secret"/>.</param>
/// <param name="Tools">In name order, names unique without regard to case.</param>
public sealed record CompiledPack(
    int LockVersion,
    PackIdentity Pack,
    PackUpstream Upstream,
    IReadOnlyList<PackCredential> Credentials,
    IReadOnlyList<PackTool> Tools)
{
    public const int CurrentLockVersion = 1;

    /// <summary>Every <c>host:port</c> that calls of this pack may go to.</summary>
    public IEnumerable<string> Hosts() => Tools
        .SelectMany(tool => tool.Operation.BaseUrlsIn(this))
        .Concat(Upstream.BaseUrls)
        .Select(url => new Uri(url))
        .Select(uri => string.Create(CultureInfo.InvariantCulture, $"{(uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost)}:{uri.Port}"))
        .Distinct(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Which pack it is.</summary>
/// <param name="Version">Semantic version; the content of one version never changes.</param>
/// <param name="Instructions">What the server tells clients about itself; empty when the API says nothing.</param>
public sealed record PackIdentity(string Namespace, string Name, string Version, string Title, string Instructions);

/// <summary>Where calls go and what they may spend.</summary>
/// <param name="BaseUrls">At least one; tried in order as <see cref="Calls.PackCaller"/> says. Absolute http(s), without query.</param>
/// <param name="Headers">Sent with every call; never a credential.</param>
/// <param name="TimeoutSeconds">For one call with all its attempts.</param>
/// <param name="MaxRequestBytes">Most bytes of a request body.</param>
/// <param name="MaxResponseBytes">Most bytes of an answer handed on; the rest is cut with a marker.</param>
/// <param name="MaxRetryAfterSeconds">Longest <c>Retry-After</c> that is waited for, once, for idempotent methods. 0 = never.</param>
public sealed record PackUpstream(
    IReadOnlyList<string> BaseUrls,
    IReadOnlyDictionary<string, string> Headers,
    int TimeoutSeconds = 30,
    int MaxRequestBytes = 10 * 1024 * 1024,
    int MaxResponseBytes = 1024 * 1024,
    int MaxRetryAfterSeconds = 5);

/// <summary>One way to authenticate.</summary>
/// <param name="Scheme">Its name within the pack; operations refer to it.</param>
/// <param name="In">Where an API key goes; ignored for the other types.</param>
/// <param name="Name">Name of the header, query parameter or cookie of an API key; else empty.</param>
/// <param name="Secret">Name under which the runtime finds the value.</param>
public sealed record PackCredential(string Scheme, CredentialType Type, CredentialPlace In, string Name, string Secret);

/// <summary>How a credential is sent.</summary>
public enum CredentialType
{
    /// <summary><c>Authorization: Bearer {value}</c>.</summary>
    Bearer,

    /// <summary>The value as it is, at <see cref="PackCredential.In"/>.</summary>
    ApiKey,

    /// <summary><c>Authorization: Basic</c> of the value, which reads <c>user:password</c>.</summary>
    Basic,
}

/// <summary>Where an API key goes.</summary>
public enum CredentialPlace
{
    Header,
    Query,
    Cookie,
}

/// <summary>One tool.</summary>
/// <param name="Name">1 to 64 of <c>A-Z a-z 0-9 _ - .</c></param>
/// <param name="InputSchema">JSON Schema 2020-12 of type object; self-contained.</param>
/// <param name="OutputSchema">JSON Schema of type object that every good answer satisfies, or null: no structured content is promised.</param>
public sealed record PackTool(
    string Name,
    string Title,
    string Description,
    JsonElement InputSchema,
    JsonElement? OutputSchema,
    PackAnnotations Annotations,
    PackOperation Operation);

/// <summary>Hints to clients, as MCP defines them.</summary>
public sealed record PackAnnotations(bool ReadOnlyHint, bool DestructiveHint, bool IdempotentHint, bool OpenWorldHint);

/// <summary>The HTTP operation behind a tool.</summary>
/// <param name="Id">How the API's description calls it; for people and logs.</param>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Begins with <c>/</c>; every <c>{name}</c> has a path parameter.</param>
/// <param name="Body">Null: no body is sent.</param>
/// <param name="Credentials">Schemes sent with it; empty for a public operation.</param>
/// <param name="Accept">Value of the <c>Accept</c> header.</param>
/// <param name="BaseUrls">Base addresses of this operation alone; null: the pack's.</param>
public sealed record PackOperation(
    string Id,
    string Method,
    string Path,
    IReadOnlyList<PackParameter> Parameters,
    PackBody? Body,
    IReadOnlyList<string> Credentials,
    string Accept,
    IReadOnlyList<string>? BaseUrls = null)
{
    /// <summary>The base addresses that calls of this operation go to, in order.</summary>
    public IReadOnlyList<string> BaseUrlsIn(CompiledPack pack) => BaseUrls ?? pack.Upstream.BaseUrls;
}

/// <summary>One argument that becomes part of the path, the query, the headers or the cookies.</summary>
/// <param name="Argument">Its name in the tool's input.</param>
/// <param name="In">Where it goes.</param>
/// <param name="Name">Its name on the wire.</param>
/// <param name="ContentType">Not null: the value is one text of this media type and <paramref name="Style"/> does not apply (OpenAPI <c>content</c>).</param>
public sealed record PackParameter(
    string Argument,
    ParameterPlace In,
    string Name,
    ParameterStyle Style,
    bool Explode,
    bool AllowReserved = false,
    bool Required = false,
    string? ContentType = null);

/// <summary>Where a parameter goes.</summary>
public enum ParameterPlace
{
    Path,
    Query,
    Header,
    Cookie,
}

/// <summary>How a value is written, OpenAPI 3.1.1 §4.8.12.3 on the grounds of RFC 6570.</summary>
public enum ParameterStyle
{
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

/// <summary>The body of an operation.</summary>
/// <param name="Argument">Its name in the tool's input.</param>
/// <param name="Parts">How single properties of a form or multipart body are written; others follow the defaults of OpenAPI.</param>
public sealed record PackBody(string Argument, bool Required, string ContentType, BodyKind Kind, IReadOnlyDictionary<string, PackPart> Parts);

/// <summary>How a body is written.</summary>
public enum BodyKind
{
    /// <summary>JSON as given.</summary>
    Json,

    /// <summary><c>application/x-www-form-urlencoded</c>, one field per property.</summary>
    Form,

    /// <summary><c>multipart/form-data</c>, one part per property.</summary>
    Multipart,

    /// <summary>Bytes, given in base64.</summary>
    Binary,

    /// <summary>A string as given, in UTF-8.</summary>
    Text,
}

/// <summary>How one property of a form or multipart body is written.</summary>
/// <param name="ContentType">Media type of the part; null = default by the value's type.</param>
/// <param name="IsFile">The value is base64, or an object with <c>data</c>, <c>filename</c>, <c>content_type</c>; an array of those becomes several parts.</param>
/// <param name="Style">Null: objects are JSON.</param>
public sealed record PackPart(string? ContentType, bool IsFile, ParameterStyle? Style, bool Explode, bool AllowReserved);
