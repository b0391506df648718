using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting.Errors;

/// <summary>The platform's error format: <c>{"error":{"code","message","details","request_id","timestamp"}}</c>.</summary>
public sealed record ErrorBody(ErrorContent Error)
{
    /// <summary>Characters of one text. Names from the input stand in messages; the longest of our own have some 400.</summary>
    internal const int MaxTextLength = 1000;

    /// <summary>Details of one error. As many as problems of one policy.</summary>
    internal const int MaxDetails = 100;

    /// <summary>Cut to size: a refusal does not grow with the input that it refuses.</summary>
    internal static ErrorBody Of(Error error, HttpContext context) => new(new ErrorContent(
        error.Code,
        Cut(error.Message),
        error.Details is { } details ? [.. details.Take(MaxDetails).Select(d => new ErrorDetail(Cut(d.Field), Cut(d.Message)))] : [],
        RequestIds.Of(context),
        context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime));

    private static string Cut(string text) =>
        text.Length <= MaxTextLength ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength)}…";
}

/// <param name="Code">Stable and machine-readable.</param>
/// <param name="Message">What, where, how to fix.</param>
/// <param name="Details">One entry per field that is wrong; empty when there is nothing more to say.</param>
/// <param name="RequestId">Also in the <c>X-Request-Id</c> header and in our logs.</param>
/// <param name="Timestamp">ISO 8601, UTC.</param>
public sealed record ErrorContent(string Code, string Message, IReadOnlyList<ErrorDetail> Details, string RequestId, DateTime Timestamp);
