using System.Net.Http.Headers;
using McpPlatform.Hosting.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.Hosting.Internal;

/// <summary>HTTP between services: by address from configuration, also when the other one is in this process.</summary>
public static class ServiceClients
{
    /// <summary>
    /// Adds the named client <paramref name="service"/> (<c>IHttpClientFactory.CreateClient("registry")</c>): base address from
    /// <c>Services__{service}__BaseAddress</c>, the internal credential on every request, connect timeout 2 s, total timeout <paramref name="timeout"/>
    /// (default 10 s), no redirects. Calls to another process may fail at any time: the caller handles <see cref="HttpRequestException"/>.
    /// </summary>
    public static IHttpClientBuilder AddServiceClient(this IHostApplicationBuilder builder, string service, string caller, TimeSpan? timeout = null)
    {
        return builder.Services.AddHttpClient(service, (provider, client) =>
            {
                var address = provider.GetRequiredService<IConfiguration>()[$"Services:{service}:BaseAddress"]
                    ?? throw new InvalidOperationException($"Where is {service}? Set Services__{service}__BaseAddress to its internal address, for example http://{service}:8081.");
                client.BaseAddress = new Uri(address);
                client.Timeout = timeout ?? TimeSpan.FromSeconds(10);
            })
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            })
            .AddHttpMessageHandler(provider => new Credential(provider.GetRequiredService<ServiceTokens>(), caller));
    }

    /// <summary>Makes a request of a service client one on behalf of a caller: the other service authorises it as that caller, in its tenant.</summary>
    public static void ActFor(this HttpRequestMessage request, Caller caller) => request.Options.Set(OnBehalfOf, caller);

    private static readonly HttpRequestOptionsKey<Caller> OnBehalfOf = new("mcpp.caller");

    private sealed class Credential(ServiceTokens tokens, string caller) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue(caller, request.Options.TryGetValue(OnBehalfOf, out var person) ? person : null));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
