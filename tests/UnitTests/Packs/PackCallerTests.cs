using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using McpPlatform.Net;
using McpPlatform.Packs;
using McpPlatform.Packs.Calls;
using McpPlatform.UnitTests.Net;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Packs.PackBuilder;

namespace McpPlatform.UnitTests.Packs;

/// <summary>Calls over real sockets: what the API sees, what the client gets.</summary>
public sealed class PackCallerTests
{
    private const string Secret = "s3cret-value";

    [Fact]
    public async Task The_encoded_target_reaches_the_api_untouched()
    {
        await using var api = await EchoApi.Start((c, _) => c.Response.WriteAsJsonAsync(new { ok = true }));

        await Call(Operation("/p/{id}/x", null, Path("id"), Query("q", ParameterStyle.PipeDelimited, false)), """{"id":"a/b ~'%41","q":[1,2]}""", api.Url + "/base/");

        api.Requests.Single().Target.ShouldBe("/base/p/a%2Fb%20~%27%2541/x?q=1%7C2");
    }

    [Fact]
    public async Task The_api_gets_the_trace_of_the_call_and_no_baggage()
    {
        await using var api = await EchoApi.Start((c, _) => c.Response.WriteAsJsonAsync(new { ok = true }));
        using var activity = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("user", "alice").Start();

        await Call(Operation(), "{}", api.Url);

        var headers = api.Requests.Single().Headers;
        headers["traceparent"].ShouldBe(activity.Id);
        headers.Keys.ShouldNotContain("baggage", StringComparer.OrdinalIgnoreCase);
        headers.Keys.ShouldNotContain("Correlation-Context", StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Dot_segments_never_reach_the_api()
    {
        await using var api = await EchoApi.Start((c, _) => c.Response.WriteAsJsonAsync(new { ok = true }));

        var outcome = await Call(Operation("/p/{id}/x", null, Path("id")), """{"id":".."}""", api.Url + "/base");

        outcome.IsError.ShouldBeTrue();
        api.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("[1,2]", """{"result":[1,2]}""")]
    [InlineData("\"x\"", """{"result":"x"}""")]
    public async Task Json_answers_are_text_and_structured_content(string body, string structured)
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "application/json; charset=utf-8", body));

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeFalse();
        outcome.Content.Single().ShouldBe(ContentBlock.OfText(body));
        outcome.Structured!.Value.GetRawText().ShouldBe(structured);
    }

    [Fact]
    public async Task Problems_are_errors_with_what_the_api_says()
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 422, "application/problem+json", """{"title":"Bad","detail":"name is taken","errors":{"name":["taken"]},"trace":"x"}"""));

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeTrue();
        outcome.Content.Single().Data.ShouldBe("HTTP 422 Unprocessable Entity\ntitle: Bad\ndetail: name is taken\nerrors: {\"name\":[\"taken\"]}");
    }

    [Fact]
    public async Task No_content_is_a_good_answer()
    {
        await using var api = await EchoApi.Start((c, _) =>
        {
            c.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeFalse();
        outcome.Content.Single().Data.ShouldContain("204");
    }

    [Theory]
    [InlineData("image/png", "image")]
    [InlineData("audio/wav", "audio")]
    [InlineData("application/pdf", "resource")]
    public async Task Binary_answers_keep_their_bytes(string type, string kind)
    {
        await using var api = await EchoApi.Start(async (c, _) =>
        {
            c.Response.ContentType = type;
            await c.Response.Body.WriteAsync(new byte[] { 0x89, 0x50, 0xFF, 0 });
        });

        var block = (await Call(Operation(), "{}", api.Url)).Content.Single();

        block.Kind.ShouldBe(kind);
        block.MimeType.ShouldBe(type);
        Convert.FromBase64String(block.Data).ShouldBe([0x89, 0x50, 0xFF, 0]);
    }

    [Fact]
    public async Task Large_answers_are_cut_with_a_marker()
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "text/plain", new string('x', 5_000_000)));

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeFalse();
        outcome.Content.Single().Data.Length.ShouldBeLessThan(1024 * 1024 + 200);
        outcome.Content.Single().Data.ShouldContain("[truncated after 1048576 bytes");
    }

    [Fact]
    public async Task A_short_retry_after_is_waited_for_once()
    {
        await using var api = await EchoApi.Start((c, n) => n == 1 ? Busy(c, "1") : Answer(c, 200, "application/json", "{}"));

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeFalse();
        api.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("GET", "3600")]
    [InlineData("POST", "0")]
    public async Task Long_waits_and_methods_that_must_not_repeat_are_not_retried(string method, string after)
    {
        await using var api = await EchoApi.Start((c, _) => Busy(c, after));

        var outcome = await Call(Operation() with { Method = method }, "{}", api.Url);

        outcome.IsError.ShouldBeTrue();
        outcome.Status.ShouldBe(429);
        api.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("POST", 500)]
    public async Task A_failing_base_address_gives_way_for_methods_that_may_repeat(string method, int expected)
    {
        await using var broken = await EchoApi.Start((c, _) => Answer(c, 500, "text/plain", "broken"));
        await using var good = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", "{}"));

        var outcome = await Call(Operation() with { Method = method }, "{}", broken.Url, good.Url);

        outcome.Status.ShouldBe(expected);
        broken.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_base_address_that_does_not_listen_gives_way_for_every_method()
    {
        await using var good = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", "{}"));

        var outcome = await Call(Operation() with { Method = "POST" }, "{}", "http://127.0.0.1:1", good.Url);

        outcome.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Nobody_listening_is_told_without_an_exception()
    {
        var outcome = await Call(Operation(), "{}", "http://127.0.0.1:1");

        outcome.IsError.ShouldBeTrue();
        outcome.Content.Single().Data.ShouldContain("could not be reached");
    }

    [Fact]
    public async Task Redirects_are_told_not_followed()
    {
        await using var canary = new Canary();
        await using var api = await EchoApi.Start((c, _) =>
        {
            c.Response.Redirect($"http://127.0.0.1:{canary.Port}/hit");
            return Task.CompletedTask;
        });

        var outcome = await Call(Operation(), "{}", api.Url);

        outcome.IsError.ShouldBeTrue();
        canary.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_address_is_told_with_the_way_out()
    {
        var outcome = await Call(Operation(), "{}", EgressPolicy.PublicOnly, [], "http://127.0.0.1:1");

        outcome.IsError.ShouldBeTrue();
        outcome.Content.Single().Data.ShouldContain("administrator");
    }

    [Theory]
    [InlineData(CredentialType.Bearer, CredentialPlace.Header, "", "Authorization", "Bearer s3cret-value")]
    [InlineData(CredentialType.Basic, CredentialPlace.Header, "", "Authorization", "Basic czNjcmV0LXZhbHVl")]
    [InlineData(CredentialType.ApiKey, CredentialPlace.Header, "X-Key", "X-Key", "s3cret-value")]
    [InlineData(CredentialType.ApiKey, CredentialPlace.Cookie, "sid", "Cookie", "a=1; sid=s3cret-value")]
    public async Task Credentials_go_where_the_api_wants_them(CredentialType type, CredentialPlace place, string name, string header, string expected)
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", "{}"));

        await Call(Operation("/x", null, Cookie("a")), """{"a":1}""", Allowing(), [new PackCredential("main", type, place, name, "the-secret")], api.Url);

        api.Requests.Single().Headers[header].ShouldBe(expected);
    }

    [Fact]
    public async Task A_key_in_the_query_replaces_what_the_caller_put_there()
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", "{}"));

        await Call(Operation("/x", null, Query("key"), Query("q")), """{"key":"mine","q":"1"}""", Allowing(), [new PackCredential("main", CredentialType.ApiKey, CredentialPlace.Query, "key", "the-secret")], api.Url);

        api.Requests.Single().Target.ShouldBe("/x?q=1&key=s3cret-value");
    }

    [Fact]
    public async Task Secrets_that_an_api_echoes_are_masked()
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", $$"""{"echo":"{{c.Request.Headers.Authorization}}"}"""));

        var outcome = await Call(Operation(), "{}", Allowing(), [new PackCredential("main", CredentialType.Bearer, CredentialPlace.Header, "", "the-secret")], api.Url);

        outcome.Content.Single().Data.ShouldBe("""{"echo":"Bearer ***"}""");
        outcome.Structured!.Value.GetRawText().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_missing_secret_is_named_and_nothing_is_sent()
    {
        await using var api = await EchoApi.Start((c, _) => Answer(c, 200, "application/json", "{}"));

        var outcome = await Call(Operation(), "{}", Allowing(), [new PackCredential("main", CredentialType.Bearer, CredentialPlace.Header, "", "absent")], api.Url);

        outcome.Content.Single().Data.ShouldContain("'absent'");
        api.Requests.ShouldBeEmpty();
    }

    private static EgressPolicy Allowing() => new() { AllowPrivate = true };

    private static Task Busy(HttpContext context, string after)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = after;
        return Task.CompletedTask;
    }

    private static async Task Answer(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
    }

    private static Task<ToolOutcome> Call(PackOperation operation, string arguments, params string[] baseUrls) => Call(operation, arguments, Allowing(), [], baseUrls);

    private static async Task<ToolOutcome> Call(PackOperation operation, string arguments, EgressPolicy policy, PackCredential[] credentials, params string[] baseUrls)
    {
        using var client = new HttpClient(GuardedHttpHandler.Create(policy)) { Timeout = Timeout.InfiniteTimeSpan };
        var pack = Pack(operation with { Credentials = [.. credentials.Select(c => c.Scheme)] }, baseUrls) with { Credentials = credentials };
        PackRules.Check(pack);
        var secrets = new PackSecrets(new Dictionary<string, string> { ["the-secret"] = Secret });
        return await new PackCaller(pack, secrets, client, TimeProvider.System).Call("op", Json(arguments), CancellationToken.None);
    }
}
