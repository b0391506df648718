using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Containers;

/// <summary>deploy/docker/secrets.sh: needs no container engine.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-secrets-").FullName;

    private string Secrets => Path.Combine(_folder, "secrets");

    [Fact]
    public async Task Secrets_are_made_once_in_a_folder_that_nobody_else_enters()
    {
        await Make();
        var made = Read();

        await Make();

        Read().ShouldBe(made);
        made.Count.ShouldBe(15);
        made["admin-key"].ShouldMatch("^mcpp_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$");
        made.Values.Distinct().Count().ShouldBe(made.Count);
        File.GetUnixFileMode(Secrets).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_secret_that_the_operator_brought_stays_and_one_that_is_missing_fits_the_others()
    {
        await Make();
        var made = Read();
        File.Delete(Path.Combine(Secrets, "ConnectionStrings__policydb"));
        File.Delete(Path.Combine(Secrets, "internal-key"));
        await File.WriteAllTextAsync(Path.Combine(Secrets, "internal-key"), "brought along, longer than 32 characters");

        await Make();

        Read()["internal-key"].ShouldBe("brought along, longer than 32 characters");
        Read()["ConnectionStrings__policydb"].ShouldBe(made["ConnectionStrings__policydb"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<string> Make() => Shell.Run(Path.Combine(Repository.Root, "deploy/docker/secrets.sh"), Secrets);

    private Dictionary<string, string> Read() => Directory.EnumerateFiles(Secrets).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);
}
