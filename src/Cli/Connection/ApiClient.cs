using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Connection;

/// <summary>
/// The management API over HTTP. Refusals are <see cref="ApiException"/>, no answer at all is a <see cref="CliException"/> with
/// <see cref="ExitCode.Unreachable"/>. Redirects are not followed, as they would carry the key elsewhere.
/// </summary>
internal sealed class ApiClient(ConnectionSettings settings) : IDisposable
{
    /// <summary>2 minutes: the longest request, an analysis of a large API description, stays well below.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>64 MiB: a bound on what a wrong address may send us.</summary>
    private const long MaxAnswer = 64 * 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = settings.Url,
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswer,
    };

    public Task<JsonNode?> Get(string path, CancellationToken cancellationToken) => Send(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonNode?> Post(string path, JsonNode? body, CancellationToken cancellationToken) => Send(HttpMethod.Post, path, Content(body), cancellationToken);

    public Task<JsonNode?> Put(string path, JsonNode? body, CancellationToken cancellationToken) => Send(HttpMethod.Put, path, Content(body), cancellationToken);

    public Task<JsonNode?> Patch(string path, JsonNode? body, CancellationToken cancellationToken) => Send(HttpMethod.Patch, path, Content(body), cancellationToken);

    public Task<JsonNode?> Delete(string path, CancellationToken cancellationToken) => Send(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>Up to <paramref name="limit"/> items of a list, page after page, as <c>{"items":[…],"next_cursor":…}</c>.</summary>
    public async Task<JsonObject> List(string path, int limit, CancellationToken cancellationToken)
    {
        var items = new JsonArray();
        string? cursor = null;
        do
        {
            var page = Math.Min(200, limit - items.Count);
            var separator = path.Contains('?') ? '&' : '?';
            var answer = await Get($"{path}{separator}limit={page}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", cancellationToken) as JsonObject;
            var got = answer?["items"] as JsonArray ?? throw CliException.Failed($"{path} did not answer with a list. Is this version of mcpp the platform's?");
            if (got.Count == 0)
            {
                cursor = null;
                break;
            }

            foreach (var item in got)
            {
                items.Add(item?.DeepClone());
            }

            cursor = (string?)answer!["next_cursor"];
        }
        while (cursor is not null && items.Count < limit);

        return new JsonObject { ["items"] = items, ["next_cursor"] = cursor };
    }

    /// <summary>Sends one request with the key. An empty answer is null.</summary>
    public async Task<JsonNode?> Send(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        _ = settings.RequiredKey;
        using var response = await SendRaw(new HttpRequestMessage(method, path.TrimStart('/')) { Content = content }, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var body = await ReadJson(response, cancellationToken);
        return response.IsSuccessStatusCode ? body : throw ApiException.From(response.StatusCode, body);
    }

    /// <summary>Sends a request as it is, with the key when there is one; whatever the status, the answer is the caller's to read and dispose.</summary>
    public async Task<HttpResponseMessage> SendRaw(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (settings.Key is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
            }

            try
            {
                return await _http.SendAsync(request, completion, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                throw new CliException(ExitCode.Unreachable, $"{settings.Url} does not answer: {e.Message}");
            }
            catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new CliException(ExitCode.Unreachable, $"{settings.Url} did not answer in time: {e.Message}");
            }
            catch (FormatException)
            {
                throw CliException.Usage("The API key has characters that no key has.");
            }
        }
    }

    public static async Task<JsonNode?> ReadJson(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return bytes.Length == 0 ? null : JsonNode.Parse(bytes);
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            return null;
        }
        catch (JsonException)
        {
            throw ApiException.From(HttpStatusCode.BadGateway, null);
        }
    }

    public void Dispose() => _http.Dispose();

    private static ByteArrayContent? Content(JsonNode? body) =>
        body is null ? null : new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
