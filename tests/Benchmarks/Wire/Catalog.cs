using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpPlatform.Benchmarks.Measuring;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>What a catalog of 100 servers and 1000 tools costs the gateway: memory once all of them are connected, and the time to list everything.</summary>
internal static class Catalog
{
    /// <summary>Calls each server once; returns the gateway's memory then, before any load.</summary>
    public static async Task<long> Connect(GatewayProcess gateway)
    {
        for (var i = 1; i < Scenery.Servers; i++)
        {
            using var client = new CallPathClient($"server {i}", gateway.Endpoint, $"server-{i}__echo", Era.Modern, 1);
            await client.Run(TimeSpan.FromMilliseconds(5), keep: false);
        }

        return gateway.ResidentBytes;
    }

    /// <summary>After the load.</summary>
    /// <param name="before">What <see cref="Connect"/> returned.</param>
    public static async Task Measure(BenchmarkOptions options, GatewayProcess gateway, long before)
    {
        var lists = new Samples();
        var start = Stopwatch.GetTimestamp();
        using var http = new HttpClient();
        var pages = 0;
        while (lists.Count < 10 || Stopwatch.GetElapsedTime(start) < options.WarmUp)
        {
            var began = Stopwatch.GetTimestamp();
            pages = await ListAll(http, gateway.Endpoint);
            lists.Add([Stopwatch.GetTimestamp() - began], Stopwatch.GetElapsedTime(began));
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Scenery.Servers} servers, {Scenery.Servers * Scenery.ToolsEach} tools: {before / 1048576.0:0} MB resident when all are connected, {gateway.ResidentBytes / 1048576.0:0} MB after the load above; all tools listed on {pages} pages over one connection in {lists.Percentile(0.5):0.00} ms (p50), {lists.Percentile(0.5) / pages:0.00} ms a page"));
    }

    /// <summary>Kill, start, first list: from the snapshot on disk, with the control plane away.</summary>
    public static async Task MeasureColdStart(BenchmarkOptions options, GatewayProcess gateway)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var starts = new List<double>();
        for (var start = 0; start < options.ColdStarts; start++)
        {
            starts.Add((await gateway.StartAgain(async () =>
            {
                try
                {
                    return await ListAll(http, gateway.Endpoint) > 0;
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException or InvalidOperationException or JsonException)
                {
                    return false;
                }
            })).TotalMilliseconds);
        }

        starts.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cold start with the control plane away, from exec to all {Scenery.Servers * Scenery.ToolsEach} tools listed: {starts[starts.Count / 2]:0} ms (median of {starts.Count}; {starts[0]:0} to {starts[^1]:0})"));
    }

    private static async Task<int> ListAll(HttpClient http, Uri endpoint)
    {
        var (pages, tools, cursor) = (0, 0, "");
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
            var page = cursor.Length == 0 ? "" : $"\"cursor\":\"{cursor}\",";
            request.Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{{page}}"_meta":{{CallPathClient.Meta}} } }""", Encoding.UTF8, "application/json");
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Scenery.Key}");
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
            request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/list");
            using var response = await http.SendAsync(request);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            if (!answer.RootElement.TryGetProperty("result", out var result))
            {
                throw new InvalidOperationException($"tools/list was answered {(int)response.StatusCode}: {answer.RootElement}");
            }

            tools += result.GetProperty("tools").GetArrayLength();
            cursor = result.TryGetProperty("nextCursor", out var next) ? next.GetString()! : "";
            pages++;
        }
        while (cursor.Length > 0);
        return tools == Scenery.Servers * Scenery.ToolsEach ? pages : throw new InvalidOperationException($"{tools} tools were listed.");
    }
}
