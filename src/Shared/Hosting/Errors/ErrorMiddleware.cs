using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using McpPlatform.Hosting.Draining;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Hosting.Errors;

/// <summary>Turns what was thrown into an answer in the error format. Never a stack trace: details go to the log under the request's id.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (Drain.Ended(context))
        {
            // Cancelled at the end of the drain: the caller is there and hears of it, unless its answer has begun.
            PartAway(logger, Drain.Stopped.Code, e);
            await context.WriteError(Drain.Stopped);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested)
        {
            CallerGone(logger, e);
        }
        catch (Exception e)
        {
            var error = Translate(e);
            if (error.Kind == ErrorKind.Unavailable)
            {
                PartAway(logger, error.Code, e);
            }
            else if (error.Kind == ErrorKind.Internal)
            {
                Failed(logger, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no endpoint", e);
            }

            await context.WriteError(error);
        }
    }

    internal static Error Translate(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                    return Error.TooLarge("request.too_large", "The body is larger than the limit (option Limits__MaxBodyBytes).");
                case BadHttpRequestException { InnerException: JsonException json }:
                    return Json(json);
                case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                    return Error.Invalid("request.too_slow", "The body arrived too slowly.");
                case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                    return new Error(ErrorKind.UnsupportedMediaType, "request.media_type", "Send the body as application/json.");
                case BadHttpRequestException:
                    return Error.Invalid("request.malformed", "The request cannot be read: a parameter or the body is missing or malformed.");
                case JsonException json:
                    return Json(json);
                case DbException { SqlState: "53100" }:
                    return Error.Unavailable("storage_full", "The database has no space left. Reading still works; tell the operator.");
                case DbException { SqlState: "42P01" }:
                    return Error.Unavailable("storage_not_migrated", "The database is not migrated yet. Run the migrate verb, or wait until it is done.");
                case DbException { SqlState: "22021" or "22P05" }:
                    return Error.Invalid("request.text", "A text holds a character that cannot be stored (U+0000, or half of a surrogate pair). Leave it out.");
                case DbException { SqlState: null } or DbException { IsTransient: true } or TimeoutException or SocketException:
                case DbException { SqlState: "57P01" or "57P02" or "57P03" or "08006" or "08001" or "08004" }:
                    return Error.Unavailable("storage_unavailable", "The database does not answer. Calls through the gateway go on; try this again in a moment.");
                case OperationCanceledException:
                    return Error.Timeout("request.timeout", "The request took longer than the limit (option Limits__RequestTimeout).");
                case IOException:
                    return Error.Invalid("request.malformed", "The body ended early or is not well-formed.");
            }
        }

        return new Error(ErrorKind.Internal, "internal_error", "Something broke on our side. The request id finds it in the log.");
    }

    private static Error Json(JsonException json)
    {
        // A name from the body may be as long as the body.
        var path = json.Path is not { Length: > 1 } p ? "the body" : p.Length <= 200 ? p : $"{p.AsSpan(0, 200)}…";
        return Error.Invalid("request.json", $"The JSON is not what this endpoint takes, at {path} (line {json.LineNumber + 1 ?? 1}): check names, types and duplicates.");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The caller left before the answer was complete.")]
    private static partial void CallerGone(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request was refused with {Code}.")]
    private static partial void PartAway(ILogger logger, string code, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed: {Method} {Endpoint}.")]
    private static partial void Failed(ILogger logger, string method, string endpoint, Exception exception);
}
