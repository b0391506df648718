using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting.Errors;

/// <summary>The platform's error format: <c>{"error":{"code","message","details","request_id","timestamp"}}</c>.</summary>
public sealed record ErrorBody(ErrorContent Error)
{
    internal static ErrorBody Of(Error error, HttpContext context) => new(new ErrorContent(
        error.Code,
        error.Message,
        error.Details ?? [],
        RequestIds.Of(context),
        context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime));
}

/// <param name="Code">Stable and machine-readable.</param>
/// <param name="Message">What, where, how to fix.</param>
/// <param name="Details">One entry per field that is wrong; empty when there is nothing more to say.</param>
/// <param name="RequestId">Also in the <c>X-Request-Id</c> header and in our logs.</param>
/// <param name="Timestamp">ISO 8601, UTC.</param>
public sealed record ErrorContent(string Code, string Message, IReadOnlyList<ErrorDetail> Details, string RequestId, DateTime Timestamp);
