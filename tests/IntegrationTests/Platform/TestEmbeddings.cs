using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>An OpenAI-compatible embedding provider to which words of one meaning are one direction, and every other text a direction of its own.</summary>
internal sealed class TestEmbeddings : IAsyncDisposable
{
    /// <summary>What no log, metric, span or answer may show.</summary>
    public const string Key = "canary-of-the-embeddings-91c4";

    private static readonly string[][] Meanings = [["erase", "rid of", "wipe"], ["enumerate", "what there is", "overview"]];

    private readonly WebApplication _app;

    private TestEmbeddings(int port)
    {
        Address = new Uri($"http://127.0.0.1:{port}/v1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.MapPost("/v1/embeddings", Answer);
    }

    public Uri Address { get; }

    /// <summary>What platforms are told of it.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Embeddings__Url"] = Address.ToString(),
        ["Embeddings__Key"] = Key,
        ["Embeddings__Model"] = "test-model",
        ["Embeddings__Dimensions"] = "64",
        ["Embeddings__QueryTimeout"] = "00:00:02",
    };

    /// <summary>Every text that it got, in every request.</summary>
    public ConcurrentQueue<string> Texts { get; } = new();

    /// <summary>Requests whose credential, model or length were not those of the settings.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    /// <summary>Answers 503, in words that repeat the request.</summary>
    public bool IsDown { get; set; }

    public static async Task<TestEmbeddings> Start()
    {
        var provider = new TestEmbeddings(Shell.FreePorts(1)[0]);
        await provider._app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var texts = body["input"]!.AsArray().Select(text => text!.GetValue<string>()).ToList();
        texts.ForEach(Texts.Enqueue);
        if (context.Request.Headers.Authorization != $"Bearer {Key}" || (string?)body["model"] != "test-model" || (int?)body["dimensions"] != 64 || context.Request.Headers.TraceParent.Count > 0)
        {
            Wrong.Enqueue(body.ToJsonString());
        }

        if (IsDown)
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync($"{context.Request.Headers.Authorization} {body}");
            return;
        }

        // Not in order: the index says which is which.
        var data = texts.Select((text, index) => (JsonNode)new JsonObject { ["object"] = "embedding", ["index"] = index, ["embedding"] = Embedding(text) }).Reverse();
        await context.Response.WriteAsync(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. data]),
            ["model"] = "test-model",
            ["usage"] = new JsonObject { ["prompt_tokens"] = texts.Count * 7, ["total_tokens"] = texts.Count * 7 },
        }.ToJsonString());
    }

    private static JsonArray Embedding(string text)
    {
        var numbers = new double[64];
        for (var meaning = 0; meaning < Meanings.Length; meaning++)
        {
            numbers[meaning] = Meanings[meaning].Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 1 : 0;
        }

        if (numbers.All(number => number == 0))
        {
            numbers[8 + SHA256.HashData(Encoding.UTF8.GetBytes(text))[0] % 56] = 1;
        }

        return new JsonArray([.. numbers.Select(number => (JsonNode)JsonValue.Create(number))]);
    }
}
