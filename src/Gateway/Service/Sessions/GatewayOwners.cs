using System.Net;
using System.Net.Http.Headers;
using McpPlatform.Gateway.Management;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Security;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Sessions;

/// <summary>
/// The gateways of a platform as owners of sessions and held calls. A request for another one goes there by its internal listener, with the platform's own credential beside the caller's:
/// the owner authenticates the caller again, and passes nothing on a second time.
/// </summary>
internal sealed partial class GatewayOwners(
    IHttpClientFactory clients, ServiceTokens tokens, IOptions<ListenOptions> listen, IOptions<GatewayOptions> options, ILogger<GatewayOwners> logger) : ISessionOwners
{
    /// <summary>Named client; 2 s to connect, since an owner that is gone is common after a restart.</summary>
    public const string Client = "session-owners";

    /// <summary>The caller's own credential on the way to the owner, beside the platform's.</summary>
    public const string CallerHeader = "X-Mcpp-Caller";

    /// <summary>Scheme and host by which the caller reached the platform: it was checked there, and answers may name it.</summary>
    public const string AddressHeader = "X-Mcpp-Address";

    /// <summary>Where owners take what was forwarded; the rest of the path is the endpoint's own.</summary>
    public const string Prefix = "/internal/v1/gateway/sessions";

    public Guid Id { get; } = Guid.NewGuid();

    public string Address { get; } = options.Value.AdvertisedAddress is { Length: > 0 } advertised ? advertised.TrimEnd('/') : Default(listen.Value);

    public bool WasForwarded(HttpContext http) => http.Features.Get<ForwardedSession>() is not null;

    public ValueTask<bool> Forward(HttpContext http, string ownerAddress) => Forward(http, ownerAddress, null);

    /// <param name="body">In place of the request's own, which was read already; null = as it comes.</param>
    public async ValueTask<bool> Forward(HttpContext http, string ownerAddress, ReadOnlyMemory<byte>? body)
    {
        var aborted = http.RequestAborted;
        try
        {
            using var client = clients.CreateClient(Client);
            using var request = ForwardedMessage.Request(http, new Uri($"{ownerAddress}{Prefix}{ForwardedMessage.Target(http)}"));
            if (body is { } read)
            {
                request.Content = new ReadOnlyMemoryContent(read) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue("gateway"));
            request.Headers.TryAddWithoutValidation(AddressHeader, $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}");
            request.Headers.TryAddWithoutValidation(CallerHeader, Credentials.Of(http.Request.Headers));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, aborted);
            ForwardedMessage.CopyHead(response, http.Response);
            await ForwardedMessage.CopyBody(response, http.Response, aborted);
            return true;
        }
        catch (HttpRequestException failure) when (!http.Response.HasStarted)
        {
            OwnerGone(logger, ownerAddress, failure);
            return false;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException)
        {
            // The answer has begun, or nobody waits for it: the connection ends here as it ended there.
            http.Abort();
            return true;
        }
    }

    private static string Default(ListenOptions listen)
    {
        var host = listen.InternalHost is { } own && IPAddress.TryParse(own, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? own
            : listen.InternalHost is null or "localhost" ? "127.0.0.1"
            : Dns.GetHostName();
        return $"http://{host}:{listen.InternalPort}";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The gateway at {Address} that owns a session cannot be reached; its client starts anew.")]
    private static partial void OwnerGone(ILogger logger, string address, Exception exception);
}

/// <summary>Marks a request that another gateway passed on. A feature and no header: nobody outside can set it.</summary>
internal sealed record ForwardedSession;
