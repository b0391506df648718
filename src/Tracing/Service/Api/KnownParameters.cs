using System.Reflection;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Mvc;

namespace McpPlatform.Tracing.Api;

/// <summary>Refuses query parameters that do not exist or come twice: a mistyped filter would silently answer with everything.</summary>
internal static class KnownParameters
{
    /// <summary>Allows what <typeparamref name="TQuery"/> binds, once each.</summary>
    public static Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> Only<TQuery>()
    {
        var names = typeof(TQuery).GetProperties().Select(p => p.GetCustomAttribute<FromQueryAttribute>()!.Name!).ToArray();
        return (context, next) => Problems(context.HttpContext.Request.Query, names) is { Count: > 0 } details
            ? ValueTask.FromResult<object?>(Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", details).ToResult())
            : next(context);
    }

    internal static List<ErrorDetail> Problems(IQueryCollection query, IReadOnlyCollection<string> names)
    {
        var details = new List<ErrorDetail>();
        foreach (var (name, values) in query)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                details.Add(new ErrorDetail(name, $"is no parameter of this address; it takes {string.Join(", ", names)}"));
            }
            else if (values.Count > 1)
            {
                details.Add(new ErrorDetail(name, "may be given once"));
            }
        }

        return details;
    }
}
