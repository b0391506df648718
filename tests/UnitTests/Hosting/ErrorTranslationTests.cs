using System.Net.Sockets;
using System.Text.Json;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class ErrorTranslationTests
{
    [Fact]
    public void A_body_over_the_limit_is_413() =>
        ErrorMiddleware.Translate(new BadHttpRequestException("", StatusCodes.Status413PayloadTooLarge)).Kind.ShouldBe(ErrorKind.TooLarge);

    [Fact]
    public void Json_that_does_not_fit_is_400_and_names_the_place()
    {
        var error = ErrorMiddleware.Translate(new BadHttpRequestException("", new JsonException("internal text", "$.slug", 2, 4)));

        error.Kind.ShouldBe(ErrorKind.Invalid);
        error.Message.ShouldContain("$.slug");
        error.Message.ShouldNotContain("internal text");
    }

    [Fact]
    public void A_broken_body_is_400_and_not_our_fault() => ErrorMiddleware.Translate(new IOException("chunk")).Kind.ShouldBe(ErrorKind.Invalid);

    [Fact]
    public void A_database_that_does_not_answer_is_503_however_deep_it_is_wrapped() =>
        ErrorMiddleware.Translate(new InvalidOperationException("", new InvalidOperationException("", new SocketException()))).Kind.ShouldBe(ErrorKind.Unavailable);

    [Fact]
    public void A_bug_is_500_and_says_nothing_of_itself()
    {
        var error = ErrorMiddleware.Translate(new InvalidOperationException("secret detail"));

        error.Kind.ShouldBe(ErrorKind.Internal);
        error.Message.ShouldNotContain("secret detail");
    }

    [Fact]
    public void Every_kind_has_a_status_of_its_own()
    {
        var statuses = Enum.GetValues<ErrorKind>().Select(ErrorAnswers.Status).ToArray();

        statuses.Distinct().Count().ShouldBe(statuses.Length);
    }

    [Fact]
    public void An_error_does_not_grow_with_what_it_refuses()
    {
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        var endless = new string('k', 1_000_000);
        var details = Enumerable.Repeat(new ErrorDetail(endless, endless), 10_000).ToList();

        var body = ErrorBody.Of(Error.Invalid("request.invalid", new string('x', ErrorBody.MaxTextLength - 1) + "\ud83d\ude00", details), context).Error;

        body.Message.ShouldBe(new string('x', ErrorBody.MaxTextLength - 1) + "…");
        body.Details.Count.ShouldBe(ErrorBody.MaxDetails);
        body.Details.ShouldAllBe(d => d.Field.Length <= ErrorBody.MaxTextLength + 1 && d.Message.Length <= ErrorBody.MaxTextLength + 1);
    }
}
