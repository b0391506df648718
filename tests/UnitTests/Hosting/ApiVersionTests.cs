using System.Net;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

/// <summary>Which version of the API a request is for, and what is said of those that will go: over HTTP.</summary>
public sealed class ApiVersionTests : IAsyncLifetime
{
    private readonly WebApplication _app = App();
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/api/v1/things", null, 200, "application/json")]
    [InlineData("/v1/things", null, 200, "application/json")]
    [InlineData("/api/v1/things", "application/vnd.mcpplatform.v1+json", 200, "application/vnd.mcpplatform.v1+json")]
    [InlineData("/v1/things", "text/html, application/VND.mcpplatform.v1+json;q=0.5", 200, "application/vnd.mcpplatform.v1+json")]
    [InlineData("/api/v1/things", "application/vnd.mcpplatform.v2+json", 406, "application/json")]
    [InlineData("/api/v1/things", "application/vnd.mcpplatform.v2+json, application/json;q=0", 406, "application/json")]
    [InlineData("/api/v1/things", "application/vnd.mcpplatform.v2+json, application/json;q=0.1", 200, "application/json")]
    [InlineData("/api/v1/things", "application/vnd.mcpplatform.v", 406, "application/json")]
    [InlineData("/api/v2/things", null, 400, "application/json")]
    [InlineData("/v2/things", null, 400, "application/json")]
    [InlineData("/v22222222222222222222222222222222/things", null, 400, "application/json")]
    [InlineData("/v0.1/things", null, 200, "application/json")]
    [InlineData("/virtual", null, 404, "application/json")]
    public async Task A_version_is_asked_for_by_path_or_media_type_and_one_that_is_not_there_is_named(string path, string? accept, int status, string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "*/*");

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType).ShouldBe((status, type));
        if (status is 400 or 406)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            text.ShouldContain("api.version_unknown");
            text.ShouldContain("application/vnd.mcpplatform.v1");
        }
    }

    [Fact]
    public async Task A_body_in_an_unknown_version_is_refused_and_one_in_the_known_is_read()
    {
        (await Send("application/vnd.mcpplatform.v3+json")).ShouldBe(HttpStatusCode.BadRequest);
        (await Send("application/vnd.mcpplatform.v1+json")).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> Send(string type)
        {
            using var body = new StringContent("{}");
            body.Headers.ContentType = new(type);
            using var answer = await _http.PostAsync("/api/v1/things", body, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task What_will_go_says_since_when_until_when_and_what_takes_its_place()
    {
        using var old = await _http.GetAsync("/v1/old", TestContext.Current.CancellationToken);
        using var kept = await _http.GetAsync("/v1/things", TestContext.Current.CancellationToken);

        // RFC 9745, §2.1: a structured date; RFC 8594, §3: an HTTP date.
        old.Headers.GetValues("Deprecation").ShouldBe(["@1782864000"]);
        old.Headers.GetValues("Sunset").ShouldBe(["Fri, 01 Jan 2027 00:00:00 GMT"]);
        old.Headers.GetValues("Link").ShouldBe(["</v1/things>; rel=\"successor-version\"", "<https://docs.example/old>; rel=\"deprecation\"; type=\"text/html\""]);
        kept.Headers.Contains("Deprecation").ShouldBeFalse();
    }

    [Fact]
    public void Nothing_goes_before_it_is_deprecated() =>
        Should.Throw<ArgumentException>(() => _app.MapGet("/v1/wrong", () => "").Deprecated(new Deprecation(new DateOnly(2026, 7, 1), new DateOnly(2026, 6, 1))));

    private static WebApplication App()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWhen(ApiVersions.Apply, static api => api.Use((HttpContext context, RequestDelegate next) => ApiVersions.Use(context, next)));
        app.UseRouting();
        app.UseStatusCodePages(static page => page.HttpContext.WriteError(StatusErrors.Of(page.HttpContext)));
        foreach (var root in (string[])["/api/v1", "/v1", "/v0.1"])
        {
            app.MapGet($"{root}/things", () => TypedResults.Json(new { }));
            app.MapPost($"{root}/things", (Body body) => TypedResults.Json(body));
        }

        // Endpoints of the hot path end within routing: the headers have to be there all the same.
        app.MapGet("/v1/old", () => TypedResults.Json(new { })).ShortCircuit()
            .Deprecated(new Deprecation(new DateOnly(2026, 7, 1), new DateOnly(2027, 1, 1), "/v1/things", "https://docs.example/old"));
        return app;
    }

    private sealed record Body;
}
