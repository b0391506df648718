using System.Runtime.Versioning;
using McpPlatform.Hosting;
using McpPlatform.Policy.Domain;
using McpPlatform.Policy.Infrastructure.Bootstrap;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class BootstrapKeyTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"mcpp-bootstrap-{Guid.NewGuid():N}");

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Without_a_terminal_the_key_goes_to_a_file_that_only_its_user_reads()
    {
        Assert.SkipUnless(Console.IsOutputRedirected, "The output of this run is a terminal.");
        var bootstrap = Bootstrap(null);
        var key = await bootstrap.Obtain(CancellationToken.None);

        await bootstrap.Deliver(key, CancellationToken.None);

        var path = Path.Combine(_folder, BootstrapKey.FileName);
        (await File.ReadAllTextAsync(path)).Trim().ShouldBe(key.Reveal());
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_key_that_the_operator_brings_is_taken_and_shown_nowhere()
    {
        var brought = ApiKeyText.New();
        var bootstrap = Bootstrap(brought.Reveal() + "\n");

        var key = await bootstrap.Obtain(CancellationToken.None);
        await bootstrap.Deliver(key, CancellationToken.None);

        key.Hash.ShouldBe(brought.Hash);
        File.Exists(Path.Combine(_folder, BootstrapKey.FileName)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_without_a_key_stops_the_start_with_the_setting_in_the_message_and_not_its_content()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => Bootstrap("hunter2").Obtain(CancellationToken.None));

        error.Message.ShouldContain("MCPP_BOOTSTRAP_ADMIN_KEY_FILE");
        error.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_key_in_the_environment_is_taken_and_shown_nowhere()
    {
        var brought = ApiKeyText.New();
        var settings = new Dictionary<string, string?> { [BootstrapKey.TextSetting] = brought.Reveal() };
        var bootstrap = new BootstrapKey(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new PlatformFolders(_folder));

        var key = await bootstrap.Obtain(CancellationToken.None);
        await bootstrap.Deliver(key, CancellationToken.None);

        key.Hash.ShouldBe(brought.Hash);
        File.Exists(Path.Combine(_folder, BootstrapKey.FileName)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_file_stops_the_start() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => Bootstrap(null, "/nowhere/key").Obtain(CancellationToken.None))).Message.ShouldContain("/nowhere/key");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private BootstrapKey Bootstrap(string? content, string? path = null)
    {
        var settings = new Dictionary<string, string?>();
        if (content is not null)
        {
            Directory.CreateDirectory(_folder);
            path = Path.Combine(_folder, "brought");
            File.WriteAllText(path, content);
        }

        settings[BootstrapKey.Setting] = path;
        return new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new PlatformFolders(_folder));
    }
}
