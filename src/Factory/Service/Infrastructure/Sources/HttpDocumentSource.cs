using System.Net;
using McpPlatform.Factory.Application;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Kernel;
using McpPlatform.Net;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Sources;

/// <summary>Fetches documents through the guarded handler: the address comes from a caller.</summary>
internal sealed class HttpDocumentSource : IDocumentSource, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly int MaxBytes = new SourceLimits().MaxBytes;
    private readonly HttpClient _client;

    public HttpDocumentSource(IOptions<FactoryOptions> options)
    {
        var policy = new EgressPolicy { Allow = [.. options.Value.AllowedPrivateHosts.Select(EgressRule.Parse)] };
        var settings = new GuardedHttpOptions { Decompression = DecompressionMethods.All };
        _client = new HttpClient(GuardedHttpHandler.Create(policy, settings)) { Timeout = Limit };
        _client.DefaultRequestHeaders.Add("Accept", "application/json, application/yaml, */*;q=0.5");
        _client.DefaultRequestHeaders.Add("User-Agent", "McpPlatform");
    }

    public async Task<Result<byte[]>> Fetch(string url, CancellationToken ct)
    {
        if (!HttpTarget.TryParse(url, out var target, out var problem))
        {
            return Error.Invalid("source.address", problem);
        }

        try
        {
            using var response = await _client.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode)
            {
                return Error.UpstreamFailed("source.status", $"The address answered HTTP {(int)response.StatusCode}; redirects are not followed.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(ct);
            return await Read(body, ct);
        }
        catch (HttpRequestException refused) when (EgressDeniedException.TryFind(refused, out var denied))
        {
            return Error.Unprocessable("source.address_refused", $"{denied.Message} The setting is Factory__AllowedPrivateHosts.");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return Error.UpstreamFailed("source.unreachable", $"The address could not be read: {(failed as HttpRequestException)?.HttpRequestError.ToString() ?? "the connection broke"}.");
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return Error.Timeout("source.timeout", $"The address did not answer within {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<Result<byte[]>> Read(Stream body, CancellationToken ct)
    {
        using var content = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MaxBytes)
            {
                return Error.TooLarge("document.too_large", $"The document has more than {MaxBytes} bytes.");
            }
        }

        return content.ToArray();
    }
}
