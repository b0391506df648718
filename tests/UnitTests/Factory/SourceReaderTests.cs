using System.Text;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Factory.Sources;

namespace McpPlatform.UnitTests.Factory;

public sealed class SourceReaderTests
{
    private const string Minimal = "openapi: 3.0.3\ninfo: {title: t, version: 1.10}\npaths: {/p: {get: {operationId: op}}}\n";

    [Theory]
    [InlineData("", "document.empty")]
    [InlineData("  \n", "document.empty")]
    [InlineData("[]", "document.not_an_object")]
    [InlineData("\"x\"", "document.not_an_object")]
    [InlineData("<html></html>", "document.not_an_object")]
    [InlineData("{\"openapi\":3,\"paths\":{}}", "document.version")]
    [InlineData("{\"openapi\":\"9.9.9\",\"paths\":{}}", "document.version")]
    [InlineData("{\"swagger\":\"1.2\"}", "document.version")]
    [InlineData("{\"openapi\":", "document.malformed")]
    [InlineData("openapi:\t3.0.3\n\tinfo: x\n", "document.malformed")]
    [InlineData("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"\\ud800\"},\"paths\":{}}", "document.malformed")]
    [InlineData("{\"openapi\":\"3.1.0\",\"\\ud800\":{},\"paths\":{}}", "document.malformed")]
    [InlineData("x: \"\\ud800\"\n", "document.malformed")]
    [InlineData("a: *nowhere\n", "document.malformed")]
    [InlineData("a: &a [*a]\n", "document.malformed")]
    [InlineData("? [a, b]\n: c\n", "document.malformed")]
    [InlineData("a: 1\n---\nb: 2\n", "document.many")]
    public void Unreadable_documents_are_refused_with_a_code(string document, string code) => Analyze(document).Error!.Code.ShouldBe(code);

    [Fact]
    public void Yaml_versions_are_read_as_they_are_written() => Analyzed(Minimal).Api.Version.ShouldBe("1.10");

    [Fact]
    public void Unquoted_yaml_versions_are_versions() => Analyzed(Minimal.Replace("3.0.3", "3.0", StringComparison.Ordinal)).Api.SpecVersion.ShouldBe("3.0");

    [Theory]
    [InlineData("x: !!python/object/apply:os.system ['id']\n")]
    [InlineData("x: !include /etc/passwd\n")]
    [InlineData("x: !!binary AAAA\n")]
    public void Yaml_tags_construct_nothing(string extra) => Analyzed(Minimal + extra).Tools.ShouldHaveSingleItem();

    [Theory]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("true")]
    [InlineData("null")]
    public void Components_that_are_no_object_are_none(string components) =>
        Analyzed("""{"openapi":"3.1.0","components":5,"paths":{"/p":{"get":{}}}}""".Replace("5", components, StringComparison.Ordinal)).Tools.ShouldHaveSingleItem();

    [Fact]
    public void Repeated_keys_are_a_notice()
    {
        Analyzed(Minimal + "openapi: 3.1.0\n").Notices.ShouldContain(n => n.Code == "document.duplicate_key");
        Analyzed("""{"openapi":"3.0.3","openapi":"3.1.0","paths":{"/p":{"get":{}}}}""").Notices.ShouldContain(n => n.Code == "document.duplicate_key");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Depth_ends_the_reading_early(string open, string close)
    {
        const int levels = 20_000;
        var deep = string.Concat(Enumerable.Repeat(open, levels)) + (open == "[" ? "" : "1") + string.Concat(Enumerable.Repeat(close, levels));

        Analyze($"{{\"openapi\":\"3.1.0\",\"x\":{deep}}}").Error!.Code.ShouldBe("document.malformed");
        Analyze($"openapi: 3.1.0\nx: {deep}\n").Error!.Code.ShouldBe("document.too_deep");
    }

    [Fact]
    public void Alias_bombs_end_before_they_are_built()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
        {
            bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Analyze(Minimal + bomb).Error!.Code.ShouldBe("document.too_large");
    }

    [Fact]
    public void Documents_over_the_size_are_refused_unread()
    {
        var result = new PackCompiler(new SourceLimits(MaxBytes: 10)).Analyze(Encoding.UTF8.GetBytes(Minimal));

        result.Error!.Kind.ShouldBe(ErrorKind.TooLarge);
    }

    [Fact]
    public void Documents_with_too_many_operations_are_refused()
    {
        var result = new PackCompiler(new SourceLimits(MaxOperations: 1)).Analyze(Encoding.UTF8.GetBytes(Document("""{"/a":{"get":{},"put":{}}}""")));

        result.Error!.Code.ShouldBe("document.too_many_operations");
    }
}
