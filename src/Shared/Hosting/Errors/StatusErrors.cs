using McpPlatform.Hosting.Versions;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting.Errors;

/// <summary>Answers that routing gives without a body get one in the error format.</summary>
internal static class StatusErrors
{
    public static Error Of(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ApiVersions.UnknownAt(context.Request.Path.Value) ?? Error.NotFound("not_found", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => new Error(ErrorKind.MethodNotAllowed, "method_not_allowed", "This address does not take this method; the Allow header names those it does."),
        StatusCodes.Status413PayloadTooLarge => Error.TooLarge("request.too_large", "The body is larger than the limit (option Limits__MaxBodyBytes)."),
        StatusCodes.Status415UnsupportedMediaType => new Error(ErrorKind.UnsupportedMediaType, "request.media_type", "Send the body as application/json."),
        StatusCodes.Status504GatewayTimeout => Error.Timeout("request.timeout", "The request took longer than the limit (option Limits__RequestTimeout)."),
        StatusCodes.Status503ServiceUnavailable => Error.Unavailable("unavailable", "This part is not available now. Try again in a moment."),
        _ => Error.Invalid("request.malformed", "The request cannot be read."),
    };
}
