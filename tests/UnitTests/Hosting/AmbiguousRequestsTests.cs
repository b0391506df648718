using McpPlatform.Hosting;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class AmbiguousRequestsTests
{
    [Theory]
    [InlineData("/api/v1/servers/../keys")]
    [InlineData("/api/v1/servers/..")]
    [InlineData("/api/./v1/keys")]
    [InlineData("/api/v1/servers/%2e%2E/keys")]
    [InlineData("/api/v1/servers/.%2e/keys?limit=1")]
    [InlineData("http://gateway/api/v1/../v1/keys")]
    public void A_path_with_dot_segments_is_refused(string target) => Refusal(target)!.Code.ShouldBe("request.path");

    [Theory]
    [InlineData("/api/v1/servers")]
    [InlineData("/api/v1/packs/com.example/a/1.0.0")]
    [InlineData("/api/v1/servers/...")]
    [InlineData("/api/v1/servers/.hidden")]
    [InlineData("/api/v1/servers?q=/../x")]
    [InlineData("/api/v1/servers/%252e%252e")]
    [InlineData("")]
    public void A_path_without_is_none_of_its_business(string target) => Refusal(target).ShouldBeNull();

    [Theory]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json; charset=\"utf-16\"")]
    [InlineData("application/json; charset=no-such-thing")]
    [InlineData("application/yaml; charset=iso-8859-1")]
    public void A_body_in_another_encoding_is_refused(string type) => Refusal("/api/v1/servers", type)!.Kind.ShouldBe(ErrorKind.UnsupportedMediaType);

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("multipart/form-data; boundary=b")]
    [InlineData("not a type")]
    public void A_body_in_utf_8_or_without_a_word_is_let_through(string? type) => Refusal("/api/v1/servers", type).ShouldBeNull();

    private static Error? Refusal(string target, string? type = null)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.ContentType = type;
        return AmbiguousRequests.Refusal(context);
    }
}
