using McpPlatform.Hosting;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void Nothing_means_run() => Parsed().Verb.ShouldBe(Verb.Run);

    [Fact]
    public void Options_become_settings_in_both_forms()
    {
        var command = Parsed("run", "--port", "9000", "--host=127.0.0.1");

        command.Settings["Listen:Port"].ShouldBe("9000");
        command.Settings["Listen:Host"].ShouldBe("127.0.0.1");
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--prot", "1")]
    [InlineData("start")]
    public void A_typing_error_is_answered_and_nothing_starts(params string[] args)
    {
        CommandLine.TryParse(args, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("--help");
    }

    private static CommandLine Parsed(params string[] args) =>
        CommandLine.TryParse(args, out var command, out var problem) ? command : throw new InvalidOperationException(problem);
}
