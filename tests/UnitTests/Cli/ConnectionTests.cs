using McpPlatform.Cli.Connection;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class ConnectionTests
{
    [Fact]
    public async Task The_key_goes_by_option_then_file_then_environment_then_config()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"items":[],"next_cursor":null}"""));
        using var run = new CliRun();
        new ConfigFile(platform.Url, "from-config").Write(run.ConfigFile);
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "key"), "from-file\n");

        await run.Run("tools", "list");
        run.With("MCPP_KEY", "from-environment");
        await run.Run("tools", "list");
        await run.Run("tools", "list", "--key-file", "key");
        await run.Run("tools", "list", "--key", "from-option");

        platform.Seen.Select(r => r.Authorization).ShouldBe(["Bearer from-config", "Bearer from-environment", "Bearer from-file", "Bearer from-option"]);
    }

    [Fact]
    public async Task A_stored_key_never_goes_to_another_address()
    {
        await using var stored = await FakePlatform.Start(_ => (200, "{}"));
        await using var other = await FakePlatform.Start(_ => (200, "{}"));
        using var run = new CliRun();
        new ConfigFile(stored.Url, "secret").Write(run.ConfigFile);

        (await run.Run("tools", "list", "--url", other.Url)).ExitCode.ShouldBe(2);
        (await run.Run("health", "--url", other.Url)).ExitCode.ShouldBe(0);

        other.Seen.Single().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task Login_stores_what_works_for_its_user_only()
    {
        await using var platform = await FakePlatform.Start(r => r.Authorization == "Bearer right" ? (200, """{"items":[],"next_cursor":null}""") : (401, ""));
        using var run = new CliRun();

        var result = await run.RunWithInput("right\n", "login", "--url", platform.Url);

        result.ExitCode.ShouldBe(0, result.Error);
        ConfigFile.Read(run.ConfigFile).ShouldBe(new ConfigFile(platform.Url, "right"));
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(run.ConfigFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await run.Run("tools", "list")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Login_stores_nothing_that_the_platform_refuses()
    {
        await using var platform = await FakePlatform.Start(_ => (401, """{"error":{"code":"unauthenticated","message":"No such key.","request_id":"r"}}"""));
        using var run = new CliRun();

        var result = await run.RunWithInput("wrong\n", "login", "--url", platform.Url);

        result.ExitCode.ShouldBe(1);
        File.Exists(run.ConfigFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await FakePlatform.Start(_ => (200, "{}"));
        await using var platform = await FakePlatform.Start(_ => (307, ""));
        using var run = CliRun.At(platform);

        (await run.Run("tools", "list")).ExitCode.ShouldBe(1);

        elsewhere.Seen.ShouldBeEmpty();
    }
}
