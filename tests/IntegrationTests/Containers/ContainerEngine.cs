using System.Diagnostics;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Containers;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

[assembly: AssemblyFixture(typeof(ContainerEngine))]

namespace McpPlatform.IntegrationTests.Containers;

/// <summary>
/// A Docker engine of the tests' own (scripts/private-docker.sh) with the platform's images in it: what <c>dotnet publish</c> makes of the last build, put in by
/// deploy/docker/Dockerfile. Started by the first test that asks; where none can be started, the tests are skipped and say why.
/// </summary>
public sealed class ContainerEngine : IAsyncLifetime
{
    public static readonly IReadOnlyList<string> Services = ["Gateway", "Policy", "Registry", "Factory", "Tracing", "Standalone"];

    private static readonly string Script = Path.Combine(Repository.Root, "scripts/private-docker.sh");

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, string> _environment = [];
    private string? _folder;
    private string? _reason;

    public static string Image(string service) => $"mcpplatform/{service.ToLowerInvariant()}:0.1.0";

    /// <summary>The engine, with all images; skips the test when there is none.</summary>
    public async Task<ContainerEngine> Get()
    {
        await _one.WaitAsync();
        try
        {
            if (_folder is null && _reason is null)
            {
                await Start();
            }
        }
        finally
        {
            _one.Release();
        }

        Assert.SkipWhen(_reason is not null, _reason ?? "There is no container engine.");
        return this;
    }

    /// <summary>Runs docker to its end; a failure shows what it said.</summary>
    public async Task<string> Docker(params string[] arguments) => (await Run("docker", arguments)).Expect();

    /// <summary>Runs a program with the engine in its environment.</summary>
    internal Task<Ended> Run(string program, IReadOnlyList<string> arguments, string? workingDirectory = null, params (string Name, string Value)[] settings) =>
        Ended.Of(program, arguments, workingDirectory ?? Repository.Root, [.. _environment.Select(e => (e.Key, e.Value)), .. settings]);

    /// <summary>What the engine knows about a container or an image.</summary>
    public async Task<JsonNode> Inspect(string name) => JsonNode.Parse(await Docker("inspect", name))!.AsArray().Single()!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            (await Run(Script, ["stop", _folder])).Expect();
            Directory.Delete(_folder, recursive: true);
        }

        _one.Dispose();
    }

    private async Task Start()
    {
        // In /tmp itself, as a socket's path must be short.
        var folder = Directory.CreateTempSubdirectory("mcpp-docker-").FullName;
        var started = await Run(Script, ["start", folder]);
        if (started.Code == 3)
        {
            _reason = started.Errors.Trim();
            Directory.Delete(folder, recursive: true);
            return;
        }

        _folder = folder;
        foreach (var line in started.Expect().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _environment[line.Split('=', 2)[0]] = line.Split('=', 2)[1];
        }

        var images = Run(Script, ["images", folder]);
        var context = Path.Combine(folder, "context");
        foreach (var service in Services)
        {
            await Publish(service, Path.Combine(context, "publish", service));
        }

        (await images).Expect();
        foreach (var service in Services)
        {
            await Docker(
                "buildx", "build", "-q", "-f", Path.Combine(Repository.Root, "deploy/docker/Dockerfile"), "-t", Image(service),
                "--build-arg", $"SERVICE={service}", "--build-arg", "PROGRAM=published", "--build-arg", "RUNTIME_IMAGE=mcpp-test/aspnet", context);
        }
    }

    private async Task Publish(string service, string folder)
    {
        var project = service == "Standalone" ? $"src/{service}" : $"src/{service}/Service";
        (await Run("dotnet", ["publish", $"{project}/McpPlatform.{service}.csproj", "-c", Repository.Configuration, "--no-build", "-v", "quiet", "--nologo", "-o", folder])).Expect();
        File.Move(Path.Combine(folder, $"McpPlatform.{service}"), Path.Combine(folder, "service"));
    }
}

/// <summary>A program that has ended.</summary>
internal sealed record Ended(string Command, int Code, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<Ended> Of(string program, IReadOnlyList<string> arguments, string folder, IReadOnlyList<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} minutes.");
        }

        return new Ended($"{program} {string.Join(' ', arguments)}", process.ExitCode, await output, await errors);
    }

    /// <summary>What it wrote, when it succeeded.</summary>
    public string Expect() => Code == 0 ? Output : throw new InvalidOperationException($"{Command} ended with {Code}: {Errors}{Output}");
}
