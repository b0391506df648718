using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Malformed;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Whatever is wrong, wherever it is: a refusal in the right format and never a failure of ours. Thousands of requests, each with one thing wrong.</summary>
public abstract class MalformedInputScenarios(SharedPlatform shared)
{
    // Each key has a rate of its own; so many that none is used up.
    private const int Keys = 24;

    [Fact]
    public async Task Nothing_that_is_wrong_with_a_member_is_a_failure_of_ours()
    {
        var steps = await shared.Get();
        await using var callers = await Callers.Create(steps);

        // All of these are taken when nothing is wrong with them; else their changed forms would show little.
        foreach (var right in BadMembers.Right())
        {
            var (status, text, _) = await callers.Send(right);
            ((int)status).ShouldBeOneOf([200, 201, .. right.Id.StartsWith("deployment:", StringComparison.Ordinal) ? [422] : right.Id.StartsWith("tool:", StringComparison.Ordinal) ? [404] : Array.Empty<int>()], $"{right.Id}: {text}");
        }

        (await callers.Wrong(BadMembers.All())).ShouldBeEmpty();
        (await steps.Admin.Get("/health")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_that_is_wrong_with_an_address_is_a_failure_of_ours()
    {
        var steps = await shared.Get();
        await using var callers = await Callers.Create(steps);

        (await callers.Wrong(BadAddresses.All())).ShouldBeEmpty();
        (await steps.Admin.Get("/health")).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Admins of a tenant of its own, which has one server: <c>up</c>.</summary>
    private sealed class Callers(Uri address, IReadOnlyList<string> keys, StrictUpstream upstream) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        private int _turn;

        public static async Task<Callers> Create(Steps steps)
        {
            var upstream = await StrictUpstream.Start();
            var slug = $"m{Guid.NewGuid():n}"[..20];
            (await steps.Admin.Post("/api/v1/tenants", new { slug, name = slug })).Expect(HttpStatusCode.Created);
            var keys = new List<string>();
            for (var i = 0; i < Keys; i++)
            {
                keys.Add((await steps.Admin.Post($"/api/v1/tenants/{slug}/keys", new { name = $"admin-{i}", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>());
            }

            using var api = new ApiClient(steps.Platform.Address, keys[0]);
            await Until.True(async () => (await api.Get("/api/v1/servers")).Status == HttpStatusCode.OK, Steps.Propagation);
            (await api.Post("/api/v1/servers", new { slug = "up", transport = "http", url = upstream.Address.ToString(), allow_private_address = true })).Expect(HttpStatusCode.Created);
            using var mcp = new ModernCaller(new Uri(steps.Platform.Address, "/mcp"), keys[^1]);
            await Until.True(async () => (await mcp.Request("tools/list")).Text.Contains("up__echo", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
            return new Callers(steps.Platform.Address, keys, upstream);
        }

        /// <summary>What is wrong with the answers, of each that is.</summary>
        public async Task<IReadOnlyCollection<string>> Wrong(IEnumerable<BadRequest> requests)
        {
            var wrong = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (request, _) =>
            {
                var (status, text, headers) = await Send(request);
                if ((request.IsMcp ? McpComplaint(status, text) : ApiComplaint(status, text, headers)) is { } complaint)
                {
                    wrong.Add($"{(request.Id.Length < 200 ? request.Id : request.Id[..200])}: {(int)status}, {complaint}: {(text.Length < 300 ? text : text[..300])}");
                }
            });
            return wrong;
        }

        public async Task<(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)> Send(BadRequest request)
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_http.BaseAddress + request.Path[1..], new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            message.Headers.TryAddWithoutValidation("X-Api-Key", keys[(int)((uint)Interlocked.Increment(ref _turn) % (uint)keys.Count)]);
            message.Content = request.Body is null ? null : new StringContent(request.Body, Encoding.UTF8, "application/json");
            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await _http.SendAsync(message);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
        }

        public ValueTask DisposeAsync()
        {
            _http.Dispose();
            return upstream.DisposeAsync();
        }

        private static string? McpComplaint(HttpStatusCode status, string text) =>
            (int)status is not (200 or 202 or 400 or 404) ? "the status"
            : text.Length > 0 && !text.Contains("\"jsonrpc\"", StringComparison.Ordinal) ? "not JSON-RPC"
            : null;

        private static string? ApiComplaint(HttpStatusCode status, string text, IReadOnlyDictionary<string, string> headers)
        {
            if ((int)status < 400)
            {
                return null;
            }

            if ((int)status >= 500)
            {
                return "a failure of ours";
            }

            // U+0000 in a path is refused by the server itself, before there is an application.
            if (status == HttpStatusCode.BadRequest && text.Length == 0 && !headers.ContainsKey("X-Request-Id"))
            {
                return null;
            }

            if (text.Length > 20_000)
            {
                return $"{text.Length} characters";
            }

            if (headers.ContainsKey("X-Injected") || text.Contains("   at ", StringComparison.Ordinal))
            {
                return "it shows what it must not";
            }

            try
            {
                var error = JsonNode.Parse(text)?["error"];
                return error?["code"] is not null && error["message"] is not null && error["details"] is JsonArray && error["timestamp"] is not null
                    && error["request_id"]?.GetValue<string>() == headers["X-Request-Id"] ? null : "not the error format";
            }
            catch (JsonException)
            {
                return "not the error format";
            }
        }
    }
}
