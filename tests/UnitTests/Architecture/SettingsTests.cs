using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class SettingsTests
{
    [Fact]
    public void Every_setting_that_the_code_reads_is_in_the_example_file() =>
        SettingsRule.Missing(Repository.Files(".cs", "src", "ServiceDefaults"), ConventionRules.PlatformTypes(), Repository.Read(".env.example")).ShouldBeEmpty();

    [Fact]
    public void A_variable_that_is_not_in_the_file_is_found() =>
        SettingsRule.Missing([new SourceFile("src/A.cs", "Read(\"MCPP_NEW_KEY\"); // not MCPP_OLD")], [], "#MCPP_DATA=./data\nMCPP_NEW=1\n").ShouldBe(["MCPP_NEW_KEY"]);

    [Fact]
    public void An_option_that_is_not_in_the_file_is_found() =>
        SettingsRule.Missing([], [typeof(SampleOptions)], "#Sample__Known=1\n#Sample__Lists__0=a\n").ShouldBe(["Sample__Forgotten"]);

    internal sealed class SampleOptions
    {
        public const string Section = "Sample";

        public int Known { get; init; }

        public int Forgotten { get; init; }

        public IReadOnlyList<string> Lists { get; init; } = [];

        public int Derived => Known + Forgotten;
    }
}
