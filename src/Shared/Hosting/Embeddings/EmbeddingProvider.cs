using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Embeddings;

/// <summary>Asks an OpenAI-compatible provider for embeddings: one request, no retries; who asks knows whether it is worth another one.</summary>
public sealed class EmbeddingProvider(IHttpClientFactory clients, IOptions<EmbeddingOptions> options, TimeProvider time)
{
    internal const string Client = "embeddings";

    /// <summary>32 MiB: 1024 vectors of 1536 numbers as text.</summary>
    internal const long MaxAnswerBytes = 32 << 20;

    private readonly EmbeddingOptions _options = options.Value;

    public bool IsConfigured => _options.IsConfigured;

    /// <summary>What vectors must have in common to be compared.</summary>
    public string Space => _options.Space;

    /// <summary>Embeds texts. Whatever goes wrong at the provider is in the answer; only the caller's own end is thrown.</summary>
    /// <param name="use">What for: <c>definitions</c> or <c>queries</c>.</param>
    /// <param name="patience">Longest wait.</param>
    public async Task<EmbeddingAnswer> Embed(IReadOnlyList<string> texts, string use, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        EmbeddingAnswer answer;
        try
        {
            answer = await Ask(texts, use, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = Failed($"did not answer within {patience.TotalSeconds:0.###} s", "timeout");
        }
        catch (HttpRequestException exception)
        {
            // More than is read of an answer: fewer texts have a shorter one.
            answer = exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                ? Failed($"answered more than {MaxAnswerBytes} bytes", "too_large", isOfInput: texts.Count > 1)
                : Failed($"cannot be reached ({exception.HttpRequestError})", "unreachable");
        }
        catch (IOException)
        {
            answer = Failed("broke its answer off", "unreachable");
        }

        EmbeddingMetrics.Asked(use, answer.Failure?.Code, time.GetElapsedTime(began));
        return answer;
    }

    private async Task<EmbeddingAnswer> Ask(IReadOnlyList<string> texts, string use, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url.TrimEnd('/') + "/embeddings") { Content = Body(texts) };
        if (_options.Key.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.Key);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var status = (int)response.StatusCode;
            var advice = status is 401 or 403 ? " (see Embeddings__Key)" : status == 404 ? " (see Embeddings__Url and Embeddings__Model)" : "";
            return Failed($"answered {status}{advice}", $"status_{status}", isOfInput: status is 400 or 413 or 422);
        }

        try
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (json.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
                && usage.TryGetProperty("prompt_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt64(out var count))
            {
                EmbeddingMetrics.Read(use, count);
            }

            return Vectors(json.RootElement, texts.Count);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Failed("answered something else than a list of embeddings", "malformed");
        }
    }

    private ByteArrayContent Body(IReadOnlyList<string> texts)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model", _options.Model);
            json.WriteString("encoding_format", "float");
            if (_options.Dimensions > 0)
            {
                json.WriteNumber("dimensions", _options.Dimensions);
            }

            json.WriteStartArray("input");
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private EmbeddingAnswer Vectors(JsonElement root, int count)
    {
        var vectors = new byte[count][];
        var (place, length) = (0, _options.Dimensions);
        foreach (var item in root.GetProperty("data").EnumerateArray())
        {
            // Providers say which text it is of; those that do not answer in order.
            var index = item.TryGetProperty("index", out var said) ? said.GetInt32() : place;
            var embedding = item.GetProperty("embedding");
            var numbers = embedding.EnumerateArray().Select(number => number.GetSingle()).ToArray();
            length = length == 0 ? numbers.Length : length;
            if (numbers.Length != length)
            {
                return Failed($"answered {numbers.Length} numbers for a text instead of {length} (see Embeddings__Dimensions: 0 takes what the model gives)", "length");
            }

            if (index < 0 || index >= count || vectors[index] is not null || ToolVector.Quantise(numbers) is not { } vector)
            {
                return Failed("answered an embedding that cannot be used", "malformed");
            }

            (vectors[index], place) = (vector, place + 1);
        }

        return place == count ? new EmbeddingAnswer(vectors, null) : Failed($"answered {place} embeddings for {count} texts", "malformed");
    }

    private static EmbeddingAnswer Failed(string reason, string code, bool isOfInput = false) => new(null, new EmbeddingFailure(reason, code, isOfInput));
}
