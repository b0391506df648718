using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Connection;

/// <summary>An MCP registry that speaks the official API v0.1. Redirects are not followed, as they would carry headers elsewhere.</summary>
internal sealed class McpRegistry(Uri address, IReadOnlyDictionary<string, string> headers) : IDisposable
{
    /// <summary>4 MiB: what is known of one server is some KB.</summary>
    private const long MaxAnswer = 4 * 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = MaxAnswer,
    };

    /// <summary>One version of a server, as its <c>server.json</c>. Throws <see cref="CliException"/>, with what the registry says.</summary>
    /// <param name="version">An exact one, or <c>latest</c>.</param>
    public async Task<JsonObject> Server(string name, string version, CancellationToken cancellationToken)
    {
        var target = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/v0.1/servers/{Uri.EscapeDataString(name)}/versions/{Uri.EscapeDataString(version)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Accept.ParseAdd("application/json");
        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return response.StatusCode switch
            {
                HttpStatusCode.OK => answer?["server"] as JsonObject ?? throw CliException.Failed($"{address} does not answer as an MCP registry does: there is no 'server' in it."),
                HttpStatusCode.NotFound => throw CliException.Failed($"The registry at {address} has no server '{name}' in version '{version}'."),
                var status => throw CliException.Failed($"The registry at {address} answers {(int)status}{Reason(answer)}"),
            };
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CliException(ExitCode.Unreachable, $"The registry at {address} does not answer: {failure.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Reason(JsonNode? answer) => answer?["error"] is JsonValue error && error.TryGetValue(out string? text) ? $": {text}" : ".";

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // A page for people, most likely; the status says the rest.
            return null;
        }
    }
}
