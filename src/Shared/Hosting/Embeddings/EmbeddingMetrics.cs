using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpPlatform.Hosting.Embeddings;

/// <summary>What the embedding provider is asked, and how it answers.</summary>
internal static class EmbeddingMetrics
{
    private static readonly Meter Meter = new("McpPlatform.Embeddings");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "mcpp.embeddings.duration", "s", "Duration of requests to the embedding provider, by what for and by how they failed.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("mcpp.embeddings.requests", "{request}", "Requests to the embedding provider, by what for and by how they failed.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("mcpp.embeddings.tokens", "{token}", "Tokens that the embedding provider says it read.");

    /// <param name="failure">Code of why there is no embedding; null when there is.</param>
    public static void Asked(string use, string? failure, TimeSpan elapsed)
    {
        var tags = new TagList { { "mcpp.use", use } };
        if (failure is not null)
        {
            tags.Add("error.type", failure);
        }

        Requests.Add(1, tags);
        Duration.Record(elapsed.TotalSeconds, tags);
    }

    public static void Read(string use, long tokens) => Tokens.Add(Math.Max(0, tokens), new KeyValuePair<string, object?>("mcpp.use", use));
}
