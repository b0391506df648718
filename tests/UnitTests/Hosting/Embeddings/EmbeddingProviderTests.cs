using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using McpPlatform.Hosting.Embeddings;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting.Embeddings;

public sealed class EmbeddingProviderTests
{
    private const string Key = "sk-canary";

    [Fact]
    public async Task A_request_says_what_is_configured_and_the_answer_is_in_the_order_of_the_texts()
    {
        var provider = new Stub(HttpStatusCode.OK, """{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,0]}],"usage":{"prompt_tokens":5}}""");

        var answer = await provider.Ask(2, "one", "two");

        answer.Vectors.ShouldNotBeNull().ShouldBe([[127, 0], [0, 127]]);
        provider.Request!.RequestUri.ShouldBe(new Uri("https://models.example/v1/embeddings"));
        provider.Request.Headers.Authorization!.ToString().ShouldBe($"Bearer {Key}");
        var body = JsonDocument.Parse(provider.Body!).RootElement;
        (body.GetProperty("model").GetString(), body.GetProperty("dimensions").GetInt32(), body.GetProperty("encoding_format").GetString()).ShouldBe(("small", 2, "float"));
        body.GetProperty("input").EnumerateArray().Select(text => text.GetString()).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Without_a_length_none_is_asked_for_and_any_is_taken()
    {
        var provider = new Stub(HttpStatusCode.OK, """{"data":[{"embedding":[1,2,3]}]}""");

        (await provider.Ask(0, "one")).Vectors.ShouldNotBeNull()[0].Length.ShouldBe(3);
        JsonDocument.Parse(provider.Body!).RootElement.TryGetProperty("dimensions", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "sk-canary is wrong", "status_401", false)]
    [InlineData(HttpStatusCode.BadRequest, "too long: one", "status_400", true)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "", "status_413", true)]
    [InlineData(HttpStatusCode.Redirect, "", "status_302", false)]
    [InlineData(HttpStatusCode.OK, "sk-canary", "malformed", false)]
    [InlineData(HttpStatusCode.OK, "[]", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[]}""", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[{"index":7,"embedding":[1,2]}]}""", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[{"index":0,"embedding":["1",2]}]}""", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[{"index":0,"embedding":[0,0]}]}""", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}""", "malformed", false)]
    [InlineData(HttpStatusCode.OK, """{"data":[{"index":0,"embedding":[1,2,3]}]}""", "length", false)]
    public async Task Whatever_it_answers_instead_is_said_without_what_it_wrote(HttpStatusCode status, string answered, string code, bool isOfInput)
    {
        var failure = (await new Stub(status, answered).Ask(2, "one")).Failure.ShouldNotBeNull();

        (failure.Code, failure.IsOfInput).ShouldBe((code, isOfInput));
        failure.Reason.ShouldNotContain("canary");
        failure.Reason.ShouldNotContain("one:");
    }

    [Theory]
    [InlineData("status_400", true)]
    [InlineData("status_500", true)]
    [InlineData("malformed", true)]
    [InlineData("unreachable", false)]
    [InlineData("timeout", false)]
    [InlineData("status_401", false)]
    [InlineData("status_429", false)]
    [InlineData("length", false)]
    public void A_failure_that_may_lie_in_one_of_the_texts_is_looked_for_in_fewer(string code, bool may) => new EmbeddingFailure("failed", code).MayBeOfInput.ShouldBe(may);

    [Fact]
    public async Task One_that_does_not_answer_is_given_up_in_time()
    {
        var provider = new Stub(HttpStatusCode.OK, "") { Hangs = true };

        (await provider.Ask(2, "one")).Failure!.Code.ShouldBe("timeout");
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => provider.Ask(2, ended.Token, "one"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("https://api.openai.com/v1", true)]
    [InlineData("http://127.0.0.1:11434/v1/", true)]
    [InlineData("https://me:secret@models.example/v1", false)]
    [InlineData("https://models.example/v1?key=secret", false)]
    [InlineData("models.example", false)]
    public void An_address_with_a_secret_in_it_is_refused(string url, bool isGood)
    {
        var options = new EmbeddingOptions { Url = url, Model = "small" };

        Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true).ShouldBe(isGood);
    }

    private sealed class Stub(HttpStatusCode status, string answer) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpRequestMessage? Request { get; private set; }

        public string? Body { get; private set; }

        public bool Hangs { get; init; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        public Task<EmbeddingAnswer> Ask(int dimensions, params string[] texts) => Ask(dimensions, TestContext.Current.CancellationToken, texts);

        public Task<EmbeddingAnswer> Ask(int dimensions, CancellationToken cancellationToken, params string[] texts) =>
            new EmbeddingProvider(this, Options.Create(new EmbeddingOptions { Url = "https://models.example/v1/", Key = Key, Model = "small", Dimensions = dimensions }), TimeProvider.System)
                .Embed(texts, "queries", Hangs ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(30), cancellationToken);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            (Request, Body) = (request, await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(status) { Content = new StringContent(answer) };
        }
    }
}
