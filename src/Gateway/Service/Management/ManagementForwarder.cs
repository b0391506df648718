using System.Net;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Management;

/// <summary>
/// The management API of services in other processes, behind the gateway's port: authenticated here, authorised there by a token of 60 s that names the
/// caller. Bodies stream both ways; the caller's leaving cancels the service's work.
/// </summary>
internal sealed partial class ManagementForwarder(IHttpClientFactory clients, IOptions<LimitOptions> limits, TimeProvider time, ILogger<ManagementForwarder> logger)
{
    /// <summary>The service has <see cref="LimitOptions.RequestTimeout"/> for its answer and says itself when that is over; this much more is the network's.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>Maps what services outside of this process serve.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var shape = endpoints.ServiceProvider.GetRequiredService<HostShape>();
        var forwarder = endpoints.ServiceProvider.GetRequiredService<ManagementForwarder>();
        foreach (var (service, prefixes) in ManagementRoutes.Prefixes.Where(r => !shape.Hosts(r.Key)))
        {
            foreach (var prefix in prefixes)
            {
                endpoints.Map($"/api/v1/{prefix}/{{**rest}}", http => forwarder.Forward(http, service)).ForwardsCallers();
            }

            foreach (var root in ManagementRoutes.Roots.GetValueOrDefault(service, []))
            {
                endpoints.Map($"/{root}/{{**rest}}", http => forwarder.Forward(http, service)).ForwardsCallers();
            }
        }
    }

    /// <summary>Forwards one request. 503 when the service cannot be reached, 502 when it breaks off, 504 when it does not answer in time.</summary>
    public async Task Forward(HttpContext http, string service)
    {
        var aborted = http.RequestAborted;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), patience, limits.Value.RequestTimeout + Margin, Timeout.InfiniteTimeSpan);
        try
        {
            using var client = clients.CreateClient(service);
            client.Timeout = Timeout.InfiniteTimeSpan;
            using var request = ForwardedMessage.Request(http);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            ForwardedMessage.CopyHead(response, http.Response);
            await ForwardedMessage.CopyBody(response, http.Response, aborted);
        }
        catch (Exception failure) when (!aborted.IsCancellationRequested && Classify(failure, service) is { } error)
        {
            Failed(logger, service, error.Code, failure);
            await http.WriteError(error);
        }
    }

    // Null: the caller's own mistake, such as a body over the limit, which the error middleware names.
    private static Error? Classify(Exception failure, string service)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is BadHttpRequestException)
            {
                return null;
            }
        }

        return failure switch
        {
            OperationCanceledException => Error.Timeout("service.timeout", $"The {service} service did not answer in time. Calls through the gateway go on; see its /health."),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError, StatusCode: null } => Error.Unavailable(
                "service.unavailable", $"The {service} service does not answer. Calls through the gateway go on by the last snapshot; try this again in a moment."),
            HttpRequestException or IOException => new Error(
                ErrorKind.UpstreamFailed, "service.failed", $"The {service} service broke off in the middle of its answer. Whether a change took effect is unknown: look before you repeat it."),
            _ => null,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request to {Service} was answered with {Code}.")]
    private static partial void Failed(ILogger logger, string service, string code, Exception exception);
}
