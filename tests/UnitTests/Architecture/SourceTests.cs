using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class SourceTests
{
    private static readonly string[] Product = ["src", "ServiceDefaults", "AppHost"];

    [Fact]
    public void Nothing_reads_the_clock_past_the_time_provider() => SourceRules.OwnClock(Repository.Files(".cs", Product)).ShouldBeEmpty();

    [Fact]
    public void Every_suppressed_warning_says_why() => SourceRules.UnexplainedSuppressions(Repository.Files(".cs", [.. Product, "tests"]).Where(NotThis)).ShouldBeEmpty();

    [Fact]
    public void Every_skipped_test_says_why() => SourceRules.UnexplainedSkips(Repository.Files(".cs", "tests").Where(NotThis)).ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_to_be_done() => SourceRules.Unfinished(Repository.Files(".cs", Product)).ShouldBeEmpty();

    [Fact]
    public void Only_Standalone_has_an_appsettings_file() =>
        // Two of them among a program's references end its publishing with NETSDK1152.
        Repository.Files(".json", "src").Select(f => f.Path).Where(p => Path.GetFileName(p).StartsWith("appsettings", StringComparison.Ordinal))
            .ShouldAllBe(p => p.StartsWith("src/Standalone/", StringComparison.Ordinal));

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = DateTimeOffset.Now;")]
    [InlineData("var text = $\"{DateTimeOffset . UtcNow}\";")]
    public void A_look_at_the_clock_is_found(string code) => SourceRules.OwnClock([File(code)]).ShouldHaveSingleItem();

    [Fact]
    public void A_comment_about_the_clock_is_not_found() => SourceRules.OwnClock([File("// never DateTime.UtcNow\n/* DateTime.Now */")]).ShouldBeEmpty();

    [Theory]
    [InlineData("#pragma warning disable CA1031")]
    [InlineData("    #pragma warning disable CA1031 // why")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1031\")]")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1031\", Justification = \"\")]")]
    public void A_suppression_without_a_reason_is_found(string code) => SourceRules.UnexplainedSuppressions([File(code)]).ShouldHaveSingleItem();

    [Theory]
    [InlineData("#pragma warning disable CA1031 // the loop outlives any single failure")]
    [InlineData("#pragma warning restore CA1031")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1031\", Justification = \"The loop outlives any single failure.\")]")]
    public void A_suppression_with_a_reason_is_not_found(string code) => SourceRules.UnexplainedSuppressions([File(code)]).ShouldBeEmpty();

    [Theory]
    [InlineData("[Fact(Skip = \"\")]")]
    [InlineData("Assert.Skip(\" \");")]
    [InlineData("Assert.SkipUnless(File.Exists(path), \"\");")]
    public void A_skip_without_a_reason_is_found(string code) => SourceRules.UnexplainedSkips([File(code)]).ShouldHaveSingleItem();

    [Theory]
    [InlineData("[Fact(Skip = \"needs a container engine\")]")]
    [InlineData("Assert.SkipUnless(File.Exists(path), $\"{path} is not on this machine\");")]
    public void A_skip_with_a_reason_is_not_found(string code) => SourceRules.UnexplainedSkips([File(code)]).ShouldBeEmpty();

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("throw new NotImplementedException();")]
    public void Unfinished_work_is_found(string code) => SourceRules.Unfinished([File(code)]).ShouldHaveSingleItem();

    [Fact]
    public void A_violation_is_reported_with_its_line() =>
        SourceRules.OwnClock([File("var a = \"// no comment\";\n/* two\nlines */\nvar b = DateTime.UtcNow;")]).ShouldBe(["src/Sample.cs:4: DateTime.UtcNow"]);

    private static SourceFile File(string code) => new("src/Sample.cs", code);

    // This file holds the violations that the rules must find.
    private static bool NotThis(SourceFile file) => file.Path != "tests/UnitTests/Architecture/SourceTests.cs";
}
