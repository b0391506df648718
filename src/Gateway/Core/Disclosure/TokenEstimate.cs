namespace McpPlatform.Gateway.Disclosure;

/// <summary>
/// What text costs a model's context: four bytes a token, the usual rule of thumb for English and JSON. Tokenizers differ; it is for comparing lists with each other, not for bills.
/// </summary>
public static class TokenEstimate
{
    private const int BytesPerToken = 4;

    public static int Of(int bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
