using McpPlatform.Hosting;
using McpPlatform.UnitTests.Gateway;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class SecretFolderTests
{
    [Fact]
    public void A_file_is_the_setting_that_its_name_says()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "ConnectionStrings__policydb"), "Host=db;Password=pw\n");

        Settings(folder.Path).GetConnectionString("policydb").ShouldBe("Host=db;Password=pw");
    }

    [Fact]
    public void Every_other_source_outranks_the_folder()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "Listen__Port"), "1");

        Settings(folder.Path, ("Listen:Port", "2"))["Listen:Port"].ShouldBe("2");
    }

    [Fact]
    public void A_folder_that_is_not_there_holds_nothing() => Settings("/nonexistent/secrets").GetConnectionString("policydb").ShouldBeNull();

    private static ConfigurationManager Settings(string folder, params (string Name, string Value)[] others)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection([new(SecretFolder.Setting, folder), .. others.Select(o => new KeyValuePair<string, string?>(o.Name, o.Value))]);
        SecretFolder.AddTo(configuration);
        return configuration;
    }
}
