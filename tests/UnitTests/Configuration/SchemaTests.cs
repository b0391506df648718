using McpPlatform.Configuration;
using McpPlatform.UnitTests.Architecture;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Configuration;

public sealed class SchemaTests : IDisposable
{
    private const string SchemaFile = "docs/mcpplatform.schema.json";
    private const string Page = "docs/configuration.md";

    private readonly Configured _configured = new();

    public void Dispose() => _configured.Dispose();

    [Fact]
    public void The_committed_schema_is_the_models()
    {
        Update(SchemaFile, _ => ConfigSchema.Text);

        Repository.Read(SchemaFile).ShouldBe(ConfigSchema.Text);
    }

    [Fact]
    public void The_reference_is_the_schemas()
    {
        Update(Page, page => Between(page).Before + "\n" + ConfigReference.Markdown() + Between(page).After);

        Between(Repository.Read(Page)).Reference.Trim().ShouldBe(ConfigReference.Markdown().Trim());
    }

    [Theory]
    [InlineData("solo")]
    [InlineData("team")]
    [InlineData("enterprise")]
    public void A_template_is_valid_as_it_is(string name) => _configured.Load(ConfigTemplates.All[name]).Problems.ShouldBeEmpty();

    [Fact]
    public void A_configuration_is_looked_for_in_the_folder_then_for_the_user_then_for_the_machine()
    {
        var candidates = ConfigFiles.Candidates(_configured.Folder);

        candidates.Take(4).Select(Path.GetFileName).ShouldBe(["mcpplatform.yaml", "mcpplatform.yml", "mcpplatform.json", "mcpplatform.toml"]);
        candidates[0].ShouldStartWith(_configured.Folder);
        candidates[^1].ShouldBe("/etc/mcpplatform/mcpplatform.toml");
        ConfigFiles.Find("other.yaml", _configured.Folder).ShouldBe(Path.Combine(_configured.Folder, "other.yaml"), "a file that is named is the one, whether it is there or not");
    }

    private static (string Before, string Reference, string After) Between(string page)
    {
        var begin = page.IndexOf(ConfigReference.Begin, StringComparison.Ordinal) + ConfigReference.Begin.Length;
        var end = page.IndexOf(ConfigReference.End, StringComparison.Ordinal);
        return (page[..begin] + "\n", page[begin..end], page[end..]);
    }

    private static void Update(string file, Func<string, string> write)
    {
        if (Environment.GetEnvironmentVariable("MCPP_UPDATE_SAMPLES") == "1")
        {
            var path = Path.Combine(Repository.Root, file);
            File.WriteAllText(path, write(File.Exists(path) ? File.ReadAllText(path) : ""));
        }
    }
}
