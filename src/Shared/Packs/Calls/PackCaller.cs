using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using McpPlatform.Net;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Packs.Calls;

/// <summary>
/// Calls the API behind a pack. Attempts: each base address in order; a connection that fails moves on to the next for every method, an answer of 5xx
/// only for methods that may be repeated; 429 and 503 with a short <c>Retry-After</c> are waited for once. The last answer counts. Thread-safe.
/// </summary>
/// <param name="client">Its handler must be a <see cref="GuardedHttpHandler"/>; its own timeout must be off.</param>
public sealed class PackCaller(CompiledPack pack, PackSecrets secrets, HttpClient client, TimeProvider time)
{
    private static readonly FrozenSet<string> Repeatable = FrozenSet.Create("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY");
    private readonly FrozenDictionary<string, PackTool> _tools = pack.Tools.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>Whether the pack has this tool; names compare exactly.</summary>
    public bool Has(string tool) => _tools.ContainsKey(tool);

    /// <summary>Calls a tool. Every failure that a model can act on is an outcome; only cancellation by <paramref name="ct"/> throws.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tool: ask <see cref="Has"/> first.</exception>
    public async Task<ToolOutcome> Call(string tool, JsonElement arguments, CancellationToken ct)
    {
        var called = _tools[tool];
        WireRequest request;
        try
        {
            var plain = RequestWriter.Write(called.Operation, arguments, pack.Upstream.MaxRequestBytes);
            request = CredentialWriter.Apply(plain, pack, called.Operation, secrets);
        }
        catch (Exception refused) when (refused is BadArgumentException or MissingSecretException)
        {
            return ToolOutcome.Failed(refused.Message);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(pack.Upstream.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await Attempt(called, request, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ToolOutcome.Failed($"The API did not answer within {pack.Upstream.TimeoutSeconds} s.");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return ToolOutcome.Failed(Describe(failed));
        }
    }

    private async Task<ToolOutcome> Attempt(PackTool tool, WireRequest request, CancellationToken ct)
    {
        var repeatable = Repeatable.Contains(request.Method);
        var mayWait = repeatable && pack.Upstream.MaxRetryAfterSeconds > 0;
        var baseUrls = tool.Operation.BaseUrlsIn(pack);
        for (var i = 0; ;)
        {
            var isLast = i == baseUrls.Count - 1;
            try
            {
                using var message = Message(request, baseUrls[i]);
                using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
                if (mayWait && Wait(response) is { } wait)
                {
                    mayWait = false;
                    await Task.Delay(wait, time, ct);
                    continue;
                }

                if (isLast || !repeatable || (int)response.StatusCode < 500)
                {
                    return ResponseMapper.Map(tool, await UpstreamAnswer.Read(response, pack.Upstream.MaxResponseBytes, ct), secrets);
                }
            }
            catch (HttpRequestException failed) when (!isLast && (repeatable || NothingWasSent(failed)))
            {
                // The next base address is the answer to this failure.
            }

            i++;
        }
    }

    private HttpRequestMessage Message(WireRequest request, string baseUrl)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.UriBelow(baseUrl)) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };
        foreach (var (name, value) in pack.Upstream.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.Remove(name);
            message.Headers.TryAddWithoutValidation(name, value);
        }

        // A parameter of the operation may be called so; then it is the API's own business.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } && !message.Headers.Contains("traceparent"))
        {
            message.Headers.TryAddWithoutValidation("traceparent", trace);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body.Content);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
        }

        return message;
    }

    private TimeSpan? Wait(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || response.Headers.RetryAfter is not RetryConditionHeaderValue after)
        {
            return null;
        }

        var wait = after.Delta ?? (after.Date is { } date ? date - time.GetUtcNow() : TimeSpan.MaxValue);
        var bounded = wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        return bounded <= TimeSpan.FromSeconds(pack.Upstream.MaxRetryAfterSeconds) ? bounded : null;
    }

    private static bool NothingWasSent(HttpRequestException failed) =>
        failed.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        || EgressDeniedException.TryFind(failed, out _);

    private string Describe(Exception failed)
    {
        if (EgressDeniedException.TryFind(failed, out var denied))
        {
            return $"The call was not made: {denied.Message}";
        }

        var kind = failed is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request ? $"{request.HttpRequestError}" : "the connection broke";
        return secrets.Mask($"The API could not be reached: {kind}.");
    }
}
