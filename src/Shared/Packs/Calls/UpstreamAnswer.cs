namespace McpPlatform.Packs.Calls;

/// <summary>An answer read up to the cap.</summary>
/// <param name="MediaType">As sent, with parameters; empty when there was none.</param>
/// <param name="Charset">Name of the text encoding; null = UTF-8.</param>
/// <param name="Truncated">There was more than <paramref name="Body"/> holds.</param>
internal sealed record UpstreamAnswer(int Status, string Reason, string MediaType, string? Charset, string? Location, byte[] Body, bool Truncated)
{
    public static async Task<UpstreamAnswer> Read(HttpResponseMessage response, int maxBytes, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var truncated = false;
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            var room = maxBytes - (int)body.Length;
            body.Write(buffer, 0, Math.Min(read, room));
            if (read > room)
            {
                truncated = true;
                break;
            }
        }

        var type = response.Content.Headers.ContentType;
        return new UpstreamAnswer(
            (int)response.StatusCode,
            response.ReasonPhrase ?? "",
            type?.ToString() ?? "",
            type?.CharSet,
            response.Headers.Location?.OriginalString,
            body.ToArray(),
            truncated);
    }
}
