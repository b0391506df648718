using McpPlatform.Gateway.Calls;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>Refusals of calls in the platform's error format. What was hidden stays hidden: a tool that may not be seen and one that is not there are one answer.</summary>
internal static class ApiRefusals
{
    public static Error UnknownTool { get; } = Error.NotFound("tools.not_found", "There is no such tool, or this key may not call it.");

    public static Error NoServer { get; } = Error.NotFound("servers.not_found", "There is no such server, or this key may not use it.");

    public static Error NoSet { get; } = Error.NotFound("tool_sets.not_found", "There is no such tool set, or this key may not use it.");

    public static Error Of(CallRefusal refusal) =>
        refusal.Error == McpError.UnknownTool ? UnknownTool
        : refusal.Error.Code == ErrorCodes.MethodNotFound ? NoServer
        : new Error(KindOf(refusal.Error), refusal.Code, refusal.Error.Message);

    /// <summary>Why a request was not even looked at.</summary>
    public static Error Of(McpError error) => error.HttpStatus switch
    {
        StatusCodes.Status401Unauthorized => new Error(
            ErrorKind.Unauthenticated,
            "unauthenticated",
            "Send a valid API key as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'. It may be missing, unknown, expired or revoked."),
        StatusCodes.Status400BadRequest => Error.Invalid("request.key_in_address", error.Message),
        StatusCodes.Status403Forbidden => Error.Forbidden("request.origin", error.Message),
        StatusCodes.Status404NotFound => NoServer,
        _ => new Error(KindOf(error), JsonMembers.Text(JsonMembers.Find(error.Data, "code"u8)) ?? "unavailable", error.Message),
    };

    private static ErrorKind KindOf(McpError error) => error.HttpStatus switch
    {
        StatusCodes.Status429TooManyRequests => ErrorKind.TooManyRequests,
        StatusCodes.Status503ServiceUnavailable => ErrorKind.Unavailable,
        StatusCodes.Status504GatewayTimeout => ErrorKind.Timeout,
        StatusCodes.Status502BadGateway => ErrorKind.UpstreamFailed,
        StatusCodes.Status403Forbidden => ErrorKind.Forbidden,
        StatusCodes.Status404NotFound => ErrorKind.NotFound,
        StatusCodes.Status500InternalServerError => ErrorKind.Internal,
        _ => error.Code is ErrorCodes.AccessDenied or ErrorCodes.ApprovalRequired ? ErrorKind.Forbidden : ErrorKind.Invalid,
    };

    /// <summary>An error that the server answered with, in its own words: most say what is wrong with the arguments.</summary>
    public static Error OfServer(ReadOnlyMemory<byte> rawError)
    {
        var code = JsonMembers.Find(rawError, "code"u8);
        var text = JsonMembers.Text(JsonMembers.Find(rawError, "message"u8)) ?? "The server answered with an error.";
        return new Error(
            ErrorKind.Unprocessable, "upstream.error", text, [new ErrorDetail("code", code.IsEmpty || code.Length > 20 ? "none" : System.Text.Encoding.UTF8.GetString(code.Span))]);
    }
}
