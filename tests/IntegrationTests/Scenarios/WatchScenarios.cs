using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Clients that listen to the same server share one subscription there: one that comes or leaves costs the others nothing.</summary>
public abstract class WatchScenarios(SharedPlatform shared)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Who_listens_hears_of_what_happens_while_somebody_else_begins_to()
    {
        var steps = await shared.Get();
        await using var upstream = await WatchedUpstream.Start();
        var slug = $"w{Guid.NewGuid():n}"[..12];
        await steps.RegisterHttp(slug, upstream.Address);
        var endpoint = steps.McpOf(slug);
        using var first = await Listener.Open(endpoint, steps.Platform.AdminKey, "note://1");
        await Until.True(() => Task.FromResult(OfTheFirst().Any(s => s.IsAcknowledged)), Soon);

        // A subscription that the gateway has not seen acknowledged is given up for the next one, and nothing of it was promised: the scenario begins with one that works.
        await OfTheFirst().Last().Updated("note://1");
        await first.Next("notifications/resources/updated");
        upstream.BeforeAcknowledging = async _ =>
        {
            // The second client's wish has come, and is not acknowledged: what happens now is told to who listens already.
            foreach (var open in OfTheFirst().Where(s => !s.IsOver))
            {
                await open.Updated("note://1");
            }
        };

        using var second = await Listener.Open(endpoint, steps.Platform.AdminKey, "note://2");

        (await first.Next("notifications/resources/updated"))["params"]!["uri"]!.GetValue<string>().ShouldBe("note://1");

        // Other gateways may listen to its lists, for clients of all servers.
        await Until.True(() => Task.FromResult(OfTheFirst().All(s => s.IsOver)), Soon);
        var both = upstream.Subscriptions.Single(s => !s.IsOver && Uris(s).Any());
        Uris(both).ShouldBe(["note://1", "note://2"], ignoreOrder: true);
        await both.Updated("note://2");
        (await second.Next("notifications/resources/updated"))["params"]!["uri"]!.GetValue<string>().ShouldBe("note://2");

        (await steps.Admin.Delete($"/api/v1/servers/{slug}")).Expect(HttpStatusCode.NoContent);

        IEnumerable<WatchedUpstream.Subscription> OfTheFirst() => upstream.Subscriptions.Where(s => Uris(s).SequenceEqual(["note://1"]));
    }

    private static IEnumerable<string> Uris(WatchedUpstream.Subscription subscription) =>
        subscription.Wanted["resourceSubscriptions"]?.AsArray().Select(u => u!.GetValue<string>()) ?? [];

    /// <summary>A client of the modern era that listens to one resource.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private StreamReader _events = null!;

        public static async Task<Listener> Open(Uri endpoint, string key, string uri)
        {
            var listener = new Listener();
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
            {
                Content = new StringContent(
                    """
                    {"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"resourceSubscriptions":["URI"]},
                    "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
                    """.Replace("URI", uri, StringComparison.Ordinal),
                    Encoding.UTF8,
                    "application/json"),
            };
            request.Headers.Add("Authorization", $"Bearer {key}");
            request.Headers.Add("Accept", "application/json, text/event-stream");
            request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
            request.Headers.Add("Mcp-Method", "subscriptions/listen");
            var response = await listener._http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            listener._events = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            await listener.Next("notifications/subscriptions/acknowledged");
            return listener;
        }

        public async Task<JsonNode> Next(string method)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Soon);
            while (await _events.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal) && JsonNode.Parse(line["data:".Length..])! is var message && message["method"]?.GetValue<string>() == method)
                {
                    return message;
                }
            }

            throw new InvalidOperationException($"The stream ended before {method}.");
        }

        public void Dispose()
        {
            _events.Dispose();
            _http.Dispose();
        }
    }
}
