using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Hosting.Errors;

/// <summary>From what a use case says to the answer of a management endpoint: the value with the status of its kind, or the refusal.</summary>
public static class Answers
{
    public static Results<Ok<T>, ErrorResult> ToOk<T>(this Result<T> result) =>
        result.Match<Results<Ok<T>, ErrorResult>>(value => TypedResults.Ok(value), error => error.ToResult());

    /// <summary>With its version as ETag.</summary>
    public static Results<Ok<T>, ErrorResult> ToOk<T>(this Result<T> result, HttpContext http)
        where T : IVersioned => Tagged(result, http).ToOk();

    public static Results<Created<T>, ErrorResult> ToCreated<T>(this Result<T> result, Func<T, string> address) =>
        result.Match<Results<Created<T>, ErrorResult>>(value => TypedResults.Created(address(value), value), error => error.ToResult());

    /// <summary>With its version as ETag.</summary>
    public static Results<Created<T>, ErrorResult> ToCreated<T>(this Result<T> result, HttpContext http, Func<T, string> address)
        where T : IVersioned => Tagged(result, http).ToCreated(address);

    public static Results<NoContent, ErrorResult> ToNoContent(this Result result) =>
        result.Match<Results<NoContent, ErrorResult>>(() => TypedResults.NoContent(), error => error.ToResult());

    private static Result<T> Tagged<T>(Result<T> result, HttpContext http)
        where T : IVersioned
    {
        if (result.IsSuccess)
        {
            http.Tag(result.Value.Version);
        }

        return result;
    }
}
