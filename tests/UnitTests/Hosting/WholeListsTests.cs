using System.Text.Json;
using McpPlatform.Hosting;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class WholeListsTests
{
    [Theory]
    [InlineData("""{"tags":[null]}""", "$.tags")]
    [InlineData("""{"tags":["a",null]}""", "$.tags")]
    [InlineData("""{"headers":{"a":null}}""", "$.headers")]
    [InlineData("""{"inner":[{"tags":[null]}]}""", "$.tags")]
    [InlineData("""{"inner":[null]}""", "$.inner")]
    public void Null_as_an_entry_is_refused(string json, string path) => Should.Throw<JsonException>(() => Read(json)).Path.ShouldBe(path);

    [Fact]
    public void Lists_that_are_whole_empty_or_missing_are_read()
    {
        Read("""{"tags":["a"],"headers":{},"inner":[{}],"numbers":[1,2]}""").Tags.ShouldBe(["a"]);
        Read("{}").Tags.ShouldBeNull();
    }

    private static Body Read(string json)
    {
        var options = new JsonSerializerOptions(Json.Options);
        WholeLists.Require(options);
        return JsonSerializer.Deserialize<Body>(json, options)!;
    }

    private sealed record Body(
        IReadOnlyList<string>? Tags = null,
        IReadOnlyDictionary<string, string>? Headers = null,
        IReadOnlyList<Body>? Inner = null,
        IReadOnlyList<int>? Numbers = null);
}
