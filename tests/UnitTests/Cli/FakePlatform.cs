using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpPlatform.UnitTests.Cli;

/// <summary>One request as the platform got it.</summary>
internal sealed record SeenRequest(string Method, string Path, string Query, string? Authorization, string Body);

/// <summary>A web server on loopback that answers what a test says, and remembers what it was asked.</summary>
internal sealed class FakePlatform : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakePlatform(WebApplication app) => _app = app;

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public string Url { get; private set; } = "";

    /// <summary>Starts one whose answers are (status, body) by request; a body that starts with <c>event:</c> is sent as an event stream.</summary>
    public static async Task<FakePlatform> Start(Func<SeenRequest, (int Status, string Body)> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var platform = new FakePlatform(builder.Build());
        platform._app.Run(context => platform.Handle(context, answer));
        await platform._app.StartAsync();
        platform.Url = platform._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return platform;
    }

    private async Task Handle(HttpContext context, Func<SeenRequest, (int Status, string Body)> answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new SeenRequest(
            context.Request.Method,
            context.Request.Path,
            context.Request.QueryString.Value ?? "",
            context.Request.Headers.Authorization,
            await reader.ReadToEndAsync());
        Seen.Enqueue(request);
        var (status, body) = answer(request);
        context.Response.StatusCode = status;
        context.Response.ContentType = body.StartsWith("event:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
        await context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
