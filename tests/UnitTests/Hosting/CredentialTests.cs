using McpPlatform.Hosting.Security;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("Bearer abc", null, "abc")]
    [InlineData("bearer abc", null, "abc")]
    [InlineData(null, "abc", "abc")]
    [InlineData("Bearer abc", "abc", "abc")]
    public void A_key_is_read_from_either_header(string? authorization, string? apiKey, string expected) => Of(authorization, apiKey).ShouldBe(expected);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Basic YTpi", null)]
    [InlineData("Basic YTpi", "abc")]
    [InlineData("Bearer abc", "other")]
    [InlineData(null, "")]
    public void None_or_an_ambiguous_one_is_nobody(string? authorization, string? apiKey) => Of(authorization, apiKey).ShouldBeNull();

    private static string? Of(string? authorization, string? apiKey)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        if (authorization is not null)
        {
            headers.Authorization = authorization;
        }

        if (apiKey is not null)
        {
            headers["X-Api-Key"] = apiKey;
        }

        return Credentials.Of(headers);
    }
}
