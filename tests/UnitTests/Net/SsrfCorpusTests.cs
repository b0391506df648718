using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using McpPlatform.Net;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Net;

public sealed class SsrfCorpusTests
{
    [Fact]
    public async Task No_target_of_the_shared_corpus_reaches_this_machine()
    {
        var file = SharedMaterial.File("corpus/cases/ssrf-targets.json");
        await using var canary = new Canary();
        await using var redirecting = new Canary($"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{canary.Port}/hit\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var policy = new EgressPolicy { Allow = [EgressRule.Parse($"127.0.0.1:{redirecting.Port}")] };
        using var client = new HttpClient(GuardedHttpHandler.Create(policy, new GuardedHttpOptions { Resolve = Resolve })) { Timeout = TimeSpan.FromSeconds(3) };
        using var corpus = JsonDocument.Parse(await File.ReadAllTextAsync(file));

        var reached = new List<string>();
        foreach (var target in corpus.RootElement.GetProperty("targets").EnumerateArray())
        {
            var url = target.GetProperty("target").GetString()!
                .Replace("{canaryPort}", $"{canary.Port}", StringComparison.Ordinal)
                .Replace("{redirectHost}", $"127.0.0.1:{redirecting.Port}", StringComparison.Ordinal);
            if (HttpTarget.TryParse(url, out var uri, out _) && await Succeeds(client, uri))
            {
                reached.Add($"{target.GetProperty("id").GetString()} {url}");
            }
        }

        reached.ShouldBeEmpty();
        canary.Hits.ShouldBe(0);
        redirecting.Hits.ShouldBeGreaterThan(0, "the allowed host must have been reached, or this test proves nothing");
    }

    private static async Task<bool> Succeeds(HttpClient client, Uri uri)
    {
        try
        {
            using var response = await client.GetAsync(uri);
            return response.IsSuccessStatusCode;
        }
        catch (Exception refused) when (refused is HttpRequestException or TaskCanceledException or NotSupportedException)
        {
            return false;
        }
    }

    // The worst resolver there is: what is no literal is this machine.
    private static Task<IPAddress[]> Resolve(string host, CancellationToken ct) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]);
}
