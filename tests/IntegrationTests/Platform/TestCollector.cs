using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>An OpenTelemetry collector as far as the tests need one: takes OTLP over http/protobuf and looks for bytes in it.</summary>
internal sealed class TestCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _traces = new();

    private TestCollector(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>What a process needs to send its spans here within a moment.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{Port}",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
    };

    public static async Task<TestCollector> Start()
    {
        var port = Shell.FreePorts(1)[0];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var collector = new TestCollector(builder.Build(), port);
        collector._app.MapPost("/v1/traces", collector.Take);
        collector._app.MapFallback(() => TypedResults.Ok());
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>How often these bytes came, over all requests.</summary>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var body in _traces)
        {
            count += body.AsSpan().Count(bytes);
        }

        return count;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _traces.Enqueue(body.ToArray());
    }
}
