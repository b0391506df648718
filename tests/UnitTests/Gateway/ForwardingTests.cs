using System.Net;
using System.Text;
using McpPlatform.Gateway.Management;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>The forwarder between a real client and a real service, both over sockets.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private static readonly Caller Somebody = new(Guid.CreateVersion7(), "somebody", Guid.CreateVersion7(), ["servers:read"]);

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _service = null!;
    private WebApplication _gateway = null!;
    private HttpClient _client = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await Start(Serve);
        _address = Address(_service);
        var forwarder = new ManagementForwarder(
            new Clients(() => _address), Options.Create(new LimitOptions { RequestTimeout = TimeSpan.FromSeconds(1) }), TimeProvider.System, NullLogger<ManagementForwarder>.Instance);
        _gateway = await Start(http =>
        {
            http.Features.Set(Somebody);
            return forwarder.Forward(http, "policy");
        });
        _client = new HttpClient { BaseAddress = Address(_gateway) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_request_arrives_as_it_was_sent_without_its_credentials()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/keys/a%2Fb?x=%20y") { Content = new StringContent("{\"a\":1}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-Api-Key", "mcpp_secret");
        request.Headers.TryAddWithoutValidation("Cookie", "c=1");
        request.Headers.TryAddWithoutValidation("If-Match", "\"3\"");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "1.2.3.4");

        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Headers.ETag!.Tag.ShouldBe("\"4\"");
        var seen = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        seen.ShouldContain("PUT /api/v1/keys/a%2Fb?x=%20y {\"a\":1} If-Match=\"3\" application/json; charset=utf-8");
        seen.ShouldContain("X-Api-Key= Cookie= X-Forwarded-For=;");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_streams_while_the_service_still_writes()
    {
        using var answer = await _client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[5];

        await body.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        Encoding.ASCII.GetString(buffer).ShouldBe("first");
        _continue.SetResult();

        using var rest = new StreamReader(body);
        (await rest.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("second");
    }

    [Fact]
    public async Task A_caller_who_leaves_cancels_the_services_work()
    {
        using var leaving = new CancellationTokenSource();
        var answer = _client.GetAsync("/wait", leaving.Token);
        await _continue.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(answer);
        await _cancelled.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_service_that_is_away_is_503_with_a_time_to_wait()
    {
        await _service.StopAsync(TestContext.Current.CancellationToken);

        using var answer = await _client.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"service.unavailable\"");
    }

    [Fact]
    public async Task A_service_that_breaks_off_before_its_answer_is_502()
    {
        using var answer = await _client.GetAsync("/abort", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"service.failed\"");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_in_the_middle_is_not_made_to_look_complete()
    {
        using var answer = await _client.GetAsync("/abort-later", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        _continue.SetResult();
        await Should.ThrowAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task Serve(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/stream":
                await http.Response.WriteAsync("first");
                await http.Response.Body.FlushAsync();
                await _continue.Task;
                await http.Response.WriteAsync("second");
                break;
            case "/wait":
                _continue.SetResult();
                await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted).ContinueWith(_ => _cancelled.TrySetResult(), TaskScheduler.Default);
                break;
            case "/abort":
                http.Abort();
                break;
            case "/abort-later":
                await http.Response.WriteAsync("some");
                await http.Response.Body.FlushAsync();
                // Not before the head is through: an abort overtakes what is still on its way.
                await _continue.Task;
                http.Abort();
                break;
            default:
                using (var body = new StreamReader(http.Request.Body))
                {
                    var headers = http.Request.Headers;
                    http.Response.StatusCode = StatusCodes.Status202Accepted;
                    http.Response.Headers.ETag = "\"4\"";
                    http.Response.Headers.SetCookie = "s=1";
                    var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
                    await http.Response.WriteAsync(
                        $"{http.Request.Method} {target} {await body.ReadToEndAsync()} If-Match={headers.IfMatch} {http.Request.ContentType} "
                        + $"X-Api-Key={headers["X-Api-Key"]} Cookie={headers.Cookie} X-Forwarded-For={headers["X-Forwarded-For"]};");
                }

                break;
        }
    }

    private static async Task<WebApplication> Start(RequestDelegate serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(new HostShape("gateway", ["gateway"], HasEdge: true));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new HostShape("gateway", ["gateway"], HasEdge: true));
        builder.Services.ConfigureHttpJsonOptions(json => Json.Configure(json.SerializerOptions));
        var app = builder.Build();
        app.Run(serve);
        await app.StartAsync();
        return app;
    }

    private static Uri Address(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private sealed class Clients(Func<Uri> address) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new() { BaseAddress = address() };
    }
}
