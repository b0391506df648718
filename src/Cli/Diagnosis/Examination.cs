using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Diagnosis;

/// <summary>
/// Looks at a platform from where its clients are: is it reached, does the clock agree, is the key good, is every part well, are the servers, do streams come through at once. Reads
/// only. What follows from something that failed is skipped.
/// </summary>
internal sealed class Examination(ConnectionSettings settings, ApiClient api, TimeProvider time)
{
    /// <summary>Tokens and states that are bound to a time allow for half a minute.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(5);

    private readonly List<Finding> _findings = [];

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken cancellationToken)
    {
        if (!await Reach(cancellationToken))
        {
            return _findings;
        }

        if (settings.Key is null)
        {
            Add(Verdict.Failed, "key", "There is no key.", "Use 'mcpp login', MCPP_KEY or --key-file. The first start of the platform showed one, or wrote it to DATA/bootstrap-admin-key.");
            return _findings;
        }

        if (!await Key(cancellationToken))
        {
            return _findings;
        }

        await new PartsExamination(api, _findings).Run(cancellationToken);
        if (await CacheExamination.Run(api, cancellationToken) is { } cache)
        {
            _findings.Add(cache);
        }

        await Streams(cancellationToken);
        return _findings;
    }

    private async Task<bool> Reach(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await api.SendRaw(new HttpRequestMessage(HttpMethod.Get, "alive"), HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Add(Verdict.Failed, "address", $"{settings.Url} answers {(int)response.StatusCode} at /alive.", "Something else answers there, or a proxy in between: check --url, MCPP_URL, and the proxy's log.");
                return false;
            }

            Add(Verdict.Ok, "address", $"{settings.Url} answers.");
            Clock(response.Headers.Date);
            return true;
        }
        catch (CliException unreachable)
        {
            Add(Verdict.Failed, "address", unreachable.Message, "Is the platform running (./run.sh), and is this its address (--url, MCPP_URL)?");
            return false;
        }
    }

    private void Clock(DateTimeOffset? told)
    {
        if (told is { } there)
        {
            var apart = (time.GetUtcNow() - there).Duration();
            _findings.Add(apart <= ClockTolerance
                ? new(Verdict.Ok, "clock", "Its clock and this one agree.")
                : new(Verdict.Failed, "clock", $"Its clock and this one are {apart.TotalSeconds:0} s apart.", "Let both machines set their clocks by NTP: keys, tokens and records depend on them."));
        }
    }

    private async Task<bool> Key(CancellationToken cancellationToken)
    {
        using var response = await Mcp("tools/list", "", cancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized:
                Add(Verdict.Failed, "key", "The key is not good here: unknown, expired or revoked.", "Make another one (mcpp keys create), and give it by 'mcpp login', MCPP_KEY or --key-file.");
                return false;
            case HttpStatusCode.OK:
                var tools = (await ApiClient.ReadJson(response, cancellationToken))?["result"]?["tools"] as JsonArray;
                Add(Verdict.Ok, "key", tools is { Count: 0 } ? "The key is good; it sees no tools." : "The key is good, and sees tools.");
                return true;
            default:
                Add(Verdict.Failed, "key", $"The MCP endpoint answers {(int)response.StatusCode} to tools/list.", "See /health, and the gateway's log under the request id.");
                return true;
        }
    }

    /// <summary>The acknowledgement of a subscription has to come while the stream is open: a proxy that buffers keeps it, and progress of calls as well.</summary>
    private async Task Streams(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StreamPatience);
        var watch = Stopwatch.StartNew();
        try
        {
            using var response = await Mcp("subscriptions/listen", ""","notifications":{"toolsListChanged":true}""", patience.Token);
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                Add(Verdict.Warning, "streams", $"subscriptions/listen answers {(int)response.StatusCode} and no stream.", "See the gateway's log under the request id.");
                return;
            }

            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal))
                {
                    Add(Verdict.Ok, "streams", string.Create(CultureInfo.InvariantCulture, $"Events come at once ({watch.ElapsedMilliseconds} ms)."));
                    return;
                }
            }

            Add(Verdict.Failed, "streams", "The stream ended before its first event.", "Something between here and the gateway ends streams: look at its time-outs.");
        }
        catch (Exception late) when (!cancellationToken.IsCancellationRequested && late is OperationCanceledException or CliException or IOException)
        {
            Add(Verdict.Failed, "streams", $"No event came within {StreamPatience.TotalSeconds:0} s.", "A proxy between here and the gateway buffers answers: turn that off for text/event-stream (nginx: proxy_buffering off).");
        }
    }

    /// <param name="more">Further members of the parameters, each after a comma.</param>
    private Task<HttpResponseMessage> Mcp(string method, string more, CancellationToken cancellationToken)
    {
        const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
        var body = $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{{{Meta}{more}}}}}";
        var request = new HttpRequestMessage(HttpMethod.Post, "mcp") { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", method);
        return api.SendRaw(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private void Add(Verdict verdict, string check, string what, string fix = "") => _findings.Add(new Finding(verdict, check, what, fix));
}
