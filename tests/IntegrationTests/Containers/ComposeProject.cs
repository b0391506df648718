using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Containers;

/// <summary>One of deploy/docker's compose files, brought up from a copy with secrets of its own, on a free port.</summary>
internal sealed class ComposeProject : IAsyncDisposable
{
    private readonly ContainerEngine _engine;
    private readonly string _file;
    private readonly string _name = $"mcpp{Guid.NewGuid():N}"[..12];
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-compose-").FullName;
    private readonly int _port = Shell.FreePorts(1)[0];

    private ComposeProject(ContainerEngine engine, string file) => (_engine, _file) = (engine, file);

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public string AdminKey => File.ReadAllText(Path.Combine(SecretsFolder, "admin-key"));

    /// <summary>Everything that must stand in no log and in no description of a container: keys, and the passwords in the connection strings.</summary>
    public IReadOnlyList<string> Secrets =>
    [
        .. ((string[])["admin-key", "internal-key", "master-key", "database-superuser"]).Select(n => File.ReadAllText(Path.Combine(SecretsFolder, n))),
        .. File.ReadAllLines(Path.Combine(SecretsFolder, "database-roles")).Select(l => l.Split(' ')[1]),
        new Uri(File.ReadAllText(Path.Combine(SecretsFolder, "ConnectionStrings__rabbitmq"))).UserInfo.Split(':')[1],
    ];

    private string SecretsFolder => Path.Combine(_folder, "secrets");

    /// <summary>The README's first two commands; returns when every service is healthy.</summary>
    public static async Task<ComposeProject> Up(ContainerEngine engine, string file)
    {
        var project = new ComposeProject(engine, file);
        try
        {
            await Shell.Run("cp", ["-r", .. ((string[])["compose.yaml", "compose.standalone.yaml", "postgres", "secrets.sh", "try.sh"]).Select(Source), project._folder]);
            await Shell.Run(Path.Combine(project._folder, "secrets.sh"));
            await project.Start();
            return project;
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what does not run; returns when every service is healthy.</summary>
    public async Task Start()
    {
        var up = await Compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "200");
        if (up.Code != 0)
        {
            throw new InvalidOperationException($"It did not come up: {up.Errors}\n{(await Compose("logs", "--no-color", "--tail", "40")).Output}");
        }
    }

    public async Task Stop() => (await Compose("stop")).Expect();

    /// <summary>The README's third command.</summary>
    public async Task<string> Try() =>
        (await _engine.Run(Path.Combine(_folder, "try.sh"), [], _folder, ("MCPP_URL", Address.ToString().TrimEnd('/')))).Expect();

    public async Task<string> Logs() => await Expect("logs", "--no-color");

    /// <summary>Runs a program in a service's container.</summary>
    public Task<string> Execute(string service, params string[] command) => Expect(["exec", "-T", service, .. command]);

    /// <summary>What the engine knows about each service's container.</summary>
    public async Task<IReadOnlyDictionary<string, JsonNode>> Containers()
    {
        var found = new Dictionary<string, JsonNode>();
        foreach (var id in (await Expect("ps", "-a", "-q")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var container = await _engine.Inspect(id);
            found[container["Config"]!["Labels"]!["com.docker.compose.service"]!.GetValue<string>()] = container;
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Compose("down", "-v", "-t", "5");
        Directory.Delete(_folder, recursive: true);
    }

    private static string Source(string name) => Path.Combine(Repository.Root, "deploy/docker", name);

    private async Task<string> Expect(params string[] arguments) => (await Compose(arguments)).Expect();

    private Task<Ended> Compose(params string[] arguments) => _engine.Run(
        "docker",
        ["compose", "-p", _name, "-f", Path.Combine(_folder, _file), .. arguments],
        _folder,
        ("POSTGRES_IMAGE", "mcpp-test/servers"),
        ("RABBITMQ_IMAGE", "mcpp-test/servers"),
        ("MCPP_PUBLISH", $"127.0.0.1:{_port}"));
}
