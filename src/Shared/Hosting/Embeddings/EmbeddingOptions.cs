using System.ComponentModel.DataAnnotations;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Hosting.Embeddings;

/// <summary>
/// Section <c>Embeddings</c>: the provider whose vectors let searches in tool sets find what has other words. The registry embeds definitions with it, gateways embed queries: both have the
/// same settings. Definitions and queries of all tenants go there.
/// </summary>
public sealed class EmbeddingOptions
{
    public const string Section = "Embeddings";

    /// <summary>Where an OpenAI-compatible provider answers, up to and without <c>/embeddings</c>: <c>https://api.openai.com/v1</c>. Default empty: search is by words alone, and nothing goes anywhere.</summary>
    [RegularExpression(@"^(https?://[^/?#@\s]+(/[^?#\s]*)?)?$", ErrorMessage = "Embeddings__Url must be an http(s) address without user, query and fragment, such as https://api.openai.com/v1.")]
    public string Url { get; init; } = "";

    /// <summary>Bearer token of the provider. Default empty: none is sent. Best in a file of the folder that <c>MCPP_SECRETS</c> names.</summary>
    [RegularExpression("^[!-~]*$", ErrorMessage = "Embeddings__Key must be visible ASCII characters without spaces.")]
    public string Key { get; init; } = "";

    /// <summary>Name of the model, as the provider calls it; another name is another space, and every definition is embedded anew.</summary>
    [StringLength(128, ErrorMessage = "Embeddings__Model must be at most 128 characters.")]
    public string Model { get; init; } = "";

    /// <summary>
    /// Numbers of a vector, asked for with each request; 0: as many as the model gives, and nothing is asked. Default 256: a quarter of a kilobyte for each tool in the memory of each gateway,
    /// and as good as the full length for texts of this size, where a model can be shortened at all.
    /// </summary>
    [Range(0, ToolVector.MaxLength, ErrorMessage = "Embeddings__Dimensions must be between 0 and 4096.")]
    public int Dimensions { get; init; } = 256;

    /// <summary>Definitions in one request. Default 64: some ten thousand tokens, which every provider takes.</summary>
    [Range(1, 1024, ErrorMessage = "Embeddings__BatchSize must be between 1 and 1024.")]
    public int BatchSize { get; init; } = 64;

    /// <summary>Longest wait for the embeddings of a batch; nobody waits for it but the next batch. Default 30 s: a model on one CPU takes ten for 64 texts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Embeddings__Timeout must be between 00:00:01 and 00:10:00.")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest that a search waits for the embedding of its query before it goes by words alone. Default 0.5 s: what a client takes for "at once".</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10", ErrorMessage = "Embeddings__QueryTimeout must be between 00:00:00.010 and 00:00:10.")]
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether there is a provider.</summary>
    public bool IsConfigured => Url.Length > 0;

    /// <summary>What vectors must have in common to be compared.</summary>
    public string Space => $"{Model}@{Dimensions}";
}
