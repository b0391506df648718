using McpPlatform.Gateway.Disclosure;
using McpPlatform.Hosting.Embeddings;

namespace McpPlatform.Gateway.Infrastructure.Disclosure;

/// <summary>Queries go to the operator's embedding provider, one at a time, and nothing but their text.</summary>
internal sealed partial class QueryEmbedder(EmbeddingProvider provider, ILogger<QueryEmbedder> logger) : IQueryEmbedder
{
    /// <summary>10 s: nobody waits that long; an answer that comes late is kept for the next search.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile string _reason = "";

    public string? Space => provider.IsConfigured ? provider.Space : null;

    public async Task<EmbeddedQuery> Embed(string query)
    {
        try
        {
            var answer = await provider.Embed([query], "queries", Patience, CancellationToken.None);
            _reason = answer.Failure?.Reason ?? "answers too late";
            return new EmbeddedQuery(answer.Vectors is [var vector] ? SearchVector.Of(vector) : null, answer.Failure?.IsOfInput == true);
        }
        catch (Exception exception)
        {
            // Whatever it is: a search goes on without.
            Broken(logger, exception);
            return default;
        }
    }

    public void Changed(bool isAway)
    {
        if (isAway)
        {
            Away(logger, _reason.Length == 0 ? "does not answer" : _reason);
        }
        else
        {
            Back(logger);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding provider {Reason}: searches in tool sets go by words alone until it answers in time.")]
    private static partial void Away(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The embedding provider embeds queries in time again.")]
    private static partial void Back(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "A query could not be embedded; it is searched for by words alone.")]
    private static partial void Broken(ILogger logger, Exception exception);
}
