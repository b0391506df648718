using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting;

/// <summary>How clients reach the platform: for addresses in answers that must work from outside.</summary>
public static class PublicAddress
{
    /// <summary>By which the gateway tells a service in another process. Nobody else reaches a service, and what a caller sends under this name is not passed on.</summary>
    public const string Header = "Mcpp-Public-Address";

    /// <summary>Scheme, host and base path without a slash at the end: the gateway's option <c>Gateway__PublicAddress</c>, or else as the caller has reached the platform.</summary>
    public static string Of(HttpContext http)
    {
        var shape = http.RequestServices.GetRequiredService<HostShape>();
        if (!shape.HasEdge && http.Request.Headers[Header] is [{ Length: > 0 } told])
        {
            return told;
        }

        return Of(http.Request, http.RequestServices.GetRequiredService<IConfiguration>()["Gateway:PublicAddress"]);
    }

    /// <summary>The same where the option is at hand.</summary>
    /// <param name="configured">Null or empty: as the caller has reached the platform, whose host the caller has to have checked.</param>
    public static string Of(HttpRequest request, string? configured) => configured is { Length: > 0 } own
        ? own.TrimEnd('/')
        : $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}";
}
