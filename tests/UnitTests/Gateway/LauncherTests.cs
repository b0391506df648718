using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Launchers;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class LauncherTests
{
    private const string Good = """
        other: { kept: true }
        launchers:
          files:
            command: npx
            args: ["-y", "server", "${ROOT}"]
            variables: [ROOT, TOKEN]
            env: { MODE: "on ${ROOT}" }
        """;

    [Fact]
    public void A_good_file_is_read_and_other_sections_are_left_alone()
    {
        var launcher = LauncherFile.Parse(Good).Single();

        (launcher.Name, launcher.Command).ShouldBe(("files", "npx"));
        var plan = launcher.Plan(new Dictionary<string, string> { ["ROOT"] = "/srv/${TOKEN}" });
        plan.Arguments.ShouldBe(["-y", "server", "/srv/${TOKEN}"], "a value is never expanded itself");
        plan.Environment["MODE"].ShouldBe("on /srv/${TOKEN}");
        plan.Environment["ROOT"].ShouldBe("/srv/${TOKEN}");
    }

    [Fact]
    public void A_variable_that_is_not_declared_or_that_is_missing_is_refused()
    {
        var launcher = LauncherFile.Parse(Good).Single();

        Should.Throw<UpstreamSetupException>(() => launcher.Plan(new Dictionary<string, string> { ["ROOT"] = "x", ["PATH"] = "/evil" })).Message.ShouldContain("PATH");
        Should.Throw<UpstreamSetupException>(() => launcher.Plan(new Dictionary<string, string>())).Message.ShouldContain("ROOT");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\n    shareable: false", false)]
    [InlineData("\n    shareable: true", true)]
    public void Only_a_launcher_that_says_so_may_be_shared_and_changing_that_changes_it(string more, bool shareable)
    {
        var launcher = LauncherFile.Parse($"launchers:\n  a:\n    command: x{more}").Single();

        launcher.Shareable.ShouldBe(shareable);
        launcher.IsSameAs(launcher with { Shareable = !shareable }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("launchers:\n  a:\n    command: x\n    shareable: yes", "true or false")]
    [InlineData("launchers:\n  a:\n    comand: x", "Line 3")]
    [InlineData("launchers:\n  a: {}", "'command' is missing")]
    [InlineData("launchers: [a]", "a group")]
    [InlineData("launchers:\n  'a b':\n    command: x", "no name")]
    [InlineData("launchers:\n  a:\n    command: x\n    args: y", "list")]
    [InlineData("launchers:\n  a:\n    command: x\n    variables: ['1X']", "not starting with a digit")]
    [InlineData("launchers:\n  a: { command: x }\n  a: { command: y }", "Line 3")]
    [InlineData("launchers: {", "Line")]
    public void A_mistake_is_named_with_its_place(string text, string expected) => Should.Throw<LauncherFileException>(() => LauncherFile.Parse(text)).Message.ShouldContain(expected);

    [Fact]
    public void No_file_and_no_section_mean_no_launchers()
    {
        LauncherFile.Parse("").ShouldBeEmpty();
        LauncherFile.Parse("other: 1").ShouldBeEmpty();
    }
}
