namespace McpPlatform.Kernel;

/// <summary>The class of a refusal. Each maps to exactly one HTTP status at the edge.</summary>
public enum ErrorKind
{
    /// <summary>The input breaks a rule that the caller can read and fix: 400.</summary>
    Invalid,

    /// <summary>No valid credential: 401.</summary>
    Unauthenticated,

    /// <summary>A valid credential that may not do this: 403.</summary>
    Forbidden,

    /// <summary>Absent, deleted, or another tenant's: 404, so that nobody learns what others own.</summary>
    NotFound,

    /// <summary>The address exists, the method does not: 405.</summary>
    MethodNotAllowed,

    /// <summary>Nothing that the caller accepts can be answered: 406.</summary>
    NotAcceptable,

    /// <summary>The body's media type is not one we read: 415.</summary>
    UnsupportedMediaType,

    /// <summary>The state of the thing does not allow it now (taken name, changed meanwhile): 409.</summary>
    Conflict,

    /// <summary>The caller's If-Match names an older version: 412.</summary>
    PreconditionFailed,

    /// <summary>More bytes than the limit: 413.</summary>
    TooLarge,

    /// <summary>Well formed, but it refers to something that does not exist or cannot work: 422.</summary>
    Unprocessable,

    /// <summary>Over a rate or a quota: 429.</summary>
    TooManyRequests,

    /// <summary>A bug of ours: 500. The log has the reason under the request id; the caller gets no more than that.</summary>
    Internal,

    /// <summary>Something behind us answered wrongly: 502.</summary>
    UpstreamFailed,

    /// <summary>A part that this needs is away; trying later may work: 503.</summary>
    Unavailable,

    /// <summary>Something behind us did not answer in time: 504.</summary>
    Timeout,
}

/// <summary>Why a use case refused. <see cref="Code"/> is stable and goes to clients; <see cref="Message"/> is for people.</summary>
/// <param name="Kind">The class of the refusal; decides the HTTP status.</param>
/// <param name="Code">Stable, lower case, dotted: <c>server.exists</c>.</param>
/// <param name="Message">A sentence: what, where, how to fix. Never a secret, never a stack trace.</param>
/// <param name="Details">Further machine-readable facts, for example one entry per invalid field.</param>
public sealed record Error(ErrorKind Kind, string Code, string Message, IReadOnlyList<ErrorDetail>? Details = null)
{
    public static Error Invalid(string code, string message, IReadOnlyList<ErrorDetail>? details = null) => new(ErrorKind.Invalid, code, message, details);

    public static Error Forbidden(string code, string message) => new(ErrorKind.Forbidden, code, message);

    public static Error NotFound(string code, string message) => new(ErrorKind.NotFound, code, message);

    public static Error Conflict(string code, string message) => new(ErrorKind.Conflict, code, message);

    public static Error PreconditionFailed(string code, string message) => new(ErrorKind.PreconditionFailed, code, message);

    public static Error TooLarge(string code, string message) => new(ErrorKind.TooLarge, code, message);

    public static Error Unprocessable(string code, string message, IReadOnlyList<ErrorDetail>? details = null) => new(ErrorKind.Unprocessable, code, message, details);

    public static Error TooManyRequests(string code, string message) => new(ErrorKind.TooManyRequests, code, message);

    public static Error UpstreamFailed(string code, string message) => new(ErrorKind.UpstreamFailed, code, message);

    public static Error Unavailable(string code, string message) => new(ErrorKind.Unavailable, code, message);

    public static Error Timeout(string code, string message) => new(ErrorKind.Timeout, code, message);
}

/// <summary>One fact about an error.</summary>
/// <param name="Field">Path of the input member that it is about (<c>rules[0].effect</c>), or empty when it is about the whole.</param>
/// <param name="Message">What is wrong and how to fix it.</param>
public sealed record ErrorDetail(string Field, string Message);
