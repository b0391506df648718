using System.Diagnostics;
using McpPlatform.Gateway.Calls;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class UriTemplatesTests
{
    [Theory]
    [InlineData("test://items/{id}", "test://items/7", true)]
    [InlineData("test://items/{id}", "test://items/", false)]
    [InlineData("test://items/{id}", "test://items/7/parts", false)]
    [InlineData("test://items/{id}/parts", "test://items/7/parts", true)]
    [InlineData("test://{a}/{b}", "test://x/y", true)]
    [InlineData("test://{a}-{b}", "test://x-y-z", true)]
    [InlineData("file://{+path}", "file:///etc/hosts", true)]
    [InlineData("test://list{?page,size}", "test://list", true)]
    [InlineData("test://list{?page,size}", "test://list?page=2", true)]
    [InlineData("test://fixed", "test://fixed", true)]
    [InlineData("test://fixed", "test://Fixed", false)]
    [InlineData("test://fixed", "test://fixed/more", false)]
    [InlineData("test://{open", "test://x", false)]
    [InlineData("test://{}", "test://", true)]
    [InlineData("", "", true)]
    public void A_uri_belongs_to_a_template_when_its_literals_occur_in_order_with_something_for_each_expression(string template, string uri, bool matches) =>
        UriTemplates.Matches(template, uri).ShouldBe(matches);

    [Fact]
    public void A_template_made_to_be_tried_in_every_way_matches_nothing_and_takes_no_time()
    {
        var template = "x://" + string.Concat(Enumerable.Repeat("{+a}b", 30)) + "!";
        var watch = Stopwatch.StartNew();

        UriTemplates.Matches(template, "x://" + new string('b', 2_000)).ShouldBeFalse();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }
}
