namespace McpPlatform.Hosting.Embeddings;

/// <summary>What a provider answered: either of both.</summary>
/// <param name="Vectors">One for each text, in their order, quantised.</param>
public sealed record EmbeddingAnswer(IReadOnlyList<byte[]>? Vectors, EmbeddingFailure? Failure);

/// <summary>Why there are no embeddings.</summary>
/// <param name="Reason">For people, as the end of "the provider …"; never something that the provider wrote, which may repeat texts or the key.</param>
/// <param name="Code">Stable, for metrics.</param>
/// <param name="IsOfInput">The provider refuses these texts, and may well take others.</param>
public sealed record EmbeddingFailure(string Reason, string Code, bool IsOfInput = false)
{
    /// <summary>It may lie in one of the texts: not when nothing was answered, nor when the answer speaks of the key, the address, the rate or the length of vectors.</summary>
    public bool MayBeOfInput => IsOfInput || Code is not ("unreachable" or "timeout" or "status_401" or "status_403" or "status_404" or "status_429" or "length");
}
