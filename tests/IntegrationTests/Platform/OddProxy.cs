using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A reverse proxy before the platform, as operators have one, with the mistakes that they make: it can keep answers until they are whole, and live in another time.</summary>
internal sealed class OddProxy : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WebApplication _app;
    private readonly Uri _target;

    private OddProxy(Uri target)
    {
        _target = target;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.Run(Forward);
    }

    public int Port { get; } = Shell.FreePorts(1)[0];

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>Passes an answer on only once it is whole: a stream that goes on never is.</summary>
    public bool Buffers { get; set; }

    /// <summary>What its clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public static async Task<OddProxy> Before(Uri target)
    {
        var proxy = new OddProxy(target);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task Forward(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_target, $"{context.Request.Path}{context.Request.QueryString}"));
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var header in context.Request.Headers.Where(h => h.Key is not "Host"))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
            }
        }

        try
        {
            using var response = await _client.SendAsync(request, Buffers ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            context.Response.Headers.Date = (DateTimeOffset.UtcNow + Ahead).ToString("R");
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            var piece = new byte[4096];
            for (var read = await body.ReadAsync(piece, context.RequestAborted); read > 0; read = await body.ReadAsync(piece, context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(piece.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
    }
}
