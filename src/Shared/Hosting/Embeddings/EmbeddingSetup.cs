using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.Hosting.Embeddings;

/// <summary>Registers the provider, once however many modules of a process want it.</summary>
public static class EmbeddingSetup
{
    /// <summary>True when one is configured; where none is, nothing runs and nothing is sent.</summary>
    public static bool AddEmbeddings(this IHostApplicationBuilder builder)
    {
        var isConfigured = !string.IsNullOrEmpty(builder.Configuration[$"{EmbeddingOptions.Section}:{nameof(EmbeddingOptions.Url)}"]);
        if (builder.Services.Any(service => service.ServiceType == typeof(EmbeddingProvider)))
        {
            return isConfigured;
        }

        builder.Services.AddOptions<EmbeddingOptions>().BindConfiguration(EmbeddingOptions.Section).ValidateDataAnnotations()
            .Validate(o => !o.IsConfigured || o.Model.Length > 0, "Embeddings__Url needs Embeddings__Model: the name of the provider's model.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton<EmbeddingProvider>();

        // No logger: at the level Trace the usual one writes headers. No redirects: the key is for this address. No trace ids: what they are is nobody's business outside.
        builder.Services.AddHttpClient(EmbeddingProvider.Client, static client =>
            {
                client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = EmbeddingProvider.MaxAnswerBytes;
            })
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ActivityHeadersPropagator = null,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            });
        return isConfigured;
    }
}
