using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>An OpenTelemetry collector as far as the tests need one: takes OTLP over http/protobuf and finds spans in it.</summary>
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

    /// <summary>Whether some span that has come so far has a text anywhere.</summary>
    public bool Holds(string text) => Encoding.UTF8.GetBytes(text) is var sought && _traces.Any(body => body.AsSpan().IndexOf(sought) >= 0);

    /// <summary>Names of the spans of a trace that have come so far.</summary>
    public IReadOnlyList<string> Spans(ActivityTraceId trace)
    {
        // A span begins with its trace id (field 1, 16 bytes); its name is field 5.
        var start = new byte[18];
        (start[0], start[1]) = (0x0A, 16);
        trace.CopyTo(start.AsSpan(2));
        var names = new List<string>();
        foreach (var body in _traces)
        {
            for (ReadOnlySpan<byte> rest = body; rest.IndexOf(start) is >= 0 and var found;)
            {
                rest = rest[(found + start.Length)..];
                names.Add(Name(rest));
            }
        }

        return names;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Protocol buffers: a tag (field and wire type), then a value whose length the wire type tells.
    private static string Name(ReadOnlySpan<byte> span)
    {
        while (true)
        {
            var tag = Number(ref span);
            var length = (tag & 7) switch
            {
                0 => 0 * Number(ref span),
                1 => 8,
                2 => Number(ref span),
                5 => 4,
                var type => throw new InvalidOperationException($"Wire type {type} is none of OTLP's."),
            };
            if (tag >> 3 == 5)
            {
                return Encoding.UTF8.GetString(span[..length]);
            }

            span = span[length..];
        }
    }

    private static int Number(ref ReadOnlySpan<byte> bytes)
    {
        var (value, read) = (0, 0);
        do
        {
            value |= (bytes[read] & 0x7F) << (7 * read);
        }
        while ((bytes[read++] & 0x80) != 0);
        bytes = bytes[read..];
        return value;
    }

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _traces.Enqueue(body.ToArray());
    }
}
