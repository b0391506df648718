using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Gateway.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>What a gateway asks policy, registry and tracing for, from memory: the measurement is about the data plane.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private const string Tag = "\"1\"";

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly WebApplication _app = Serving.NewApp();

    public string Address => Serving.Address(_app);

    /// <param name="remembering">A server with sessions; null = none.</param>
    /// <param name="kept">With a server of which results are kept.</param>
    public async Task Start(Uri upstream, Uri? remembering = null, bool kept = false)
    {
        var policy = JsonSerializer.SerializeToUtf8Bytes(Scenery.Policy(keys: 1000, rules: 20), SnapshotJson.Default.PolicySnapshot);
        var registry = JsonSerializer.SerializeToUtf8Bytes(Scenery.Registry(upstream, servers: Scenery.Servers, toolsEach: Scenery.ToolsEach, remembering, kept), SnapshotJson.Default.RegistrySnapshot);
        _app.MapGet("/internal/v1/policy/snapshot", context => Answer(context, policy));
        _app.MapGet("/internal/v1/registry/snapshot", context => Answer(context, registry));

        // One gateway has all of every limit.
        _app.MapPost("/internal/v1/policy/limit-leases", static async context =>
        {
            var request = await JsonSerializer.DeserializeAsync<LimitLeaseRequest>(context.Request.Body, Snake);
            await context.Response.WriteAsJsonAsync(new LimitLeases(1, [.. request!.Uses.Select(_ => 1.0)]), Snake);
        });

        // Whatever batch is asked about is stored: the body comes back as it is.
        _app.MapPost("/internal/v1/tracing/batches/committed", static async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        await _app.StartAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task Answer(HttpContext context, byte[] snapshot)
    {
        context.Response.Headers.ETag = Tag;
        if (context.Request.Headers.IfNoneMatch == Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(snapshot);
    }
}
