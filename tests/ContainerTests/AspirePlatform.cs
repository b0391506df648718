using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.ContainerTests;

/// <summary>The platform as the AppHost composes it.</summary>
public sealed class AspireForm : IPlatformForm
{
    public async Task<IPlatformUnderTest> Create(IReadOnlyDictionary<string, string>? settings = null) => await AspirePlatform.Create(settings);
}

/// <summary>The AppHost itself: PostgreSQL and RabbitMQ as containers, new for each run; the services as processes.</summary>
public sealed class AspirePlatform : IPlatformUnderTest
{
    private static readonly TimeSpan StartUp = TimeSpan.FromMinutes(5);
    private static readonly string[] Services = ["policy", "registry", "factory", "tracing", "gateway"];

    private readonly DistributedApplication _app;
    private readonly Dictionary<string, string> _connections = [];

    private AspirePlatform(DistributedApplication app, string adminKey) => (_app, AdminKey) = (app, adminKey);

    public Uri Address => _app.GetEndpoint("gateway", "http");

    public IReadOnlyList<Uri> Gateways => [Address];

    public string AdminKey { get; }

    public string DataFolder => Path.Combine(Repository.Root, "data/aspire/gateway");

    /// <summary>Aspire keeps them in its dashboard.</summary>
    public string Logs => "";

    public Uri InternalAddress(string service) => _app.GetEndpoint(service, service == "gateway" ? "internal" : "http");

    public static async Task<AspirePlatform> Create(IReadOnlyDictionary<string, string>? settings)
    {
        var adminKey = $"mcpp_{Hex(4)}_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
        string[] arguments =
        [
            "--environment=Testing", $"--Parameters:internal-key={Hex(32)}", $"--Parameters:master-key={Hex(32)}", $"--Parameters:admin-key={adminKey}",
        ];
        using var deadline = new CancellationTokenSource(StartUp);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.McpPlatform_AppHost>(arguments, deadline.Token);
        var launchers = Path.Combine(Directory.CreateTempSubdirectory("mcpp-test-").FullName, "mcpplatform.yaml");
        await File.WriteAllTextAsync(launchers, TestLaunchers.Text, deadline.Token);
        builder.CreateResourceBuilder<ProjectResource>("gateway").WithEnvironment("Gateway__ConfigFile", launchers);
        foreach (var service in Services)
        {
            var process = builder.CreateResourceBuilder<ProjectResource>(service);
            foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            {
                process.WithEnvironment(name, value);
            }
        }

        var platform = new AspirePlatform(await builder.BuildAsync(deadline.Token), adminKey);
        await platform._app.StartAsync(deadline.Token);
        foreach (var service in Services)
        {
            await platform._app.ResourceNotifications.WaitForResourceHealthyAsync(service, deadline.Token);
        }

        foreach (var service in Services.Where(s => s != "gateway"))
        {
            platform._connections[service] = await platform._app.GetConnectionStringAsync($"{service}db", deadline.Token)
                ?? throw new InvalidOperationException($"The AppHost has no database {service}db.");
        }

        return platform;
    }

    /// <summary>The same as <see cref="OwnerConnection"/>: Aspire has one role, PostgreSQL's superuser.</summary>
    public string RuntimeConnection(string service) => _connections[service];

    public string OwnerConnection(string service) => _connections[service];

    // The scenarios that hurt the platform run on the forms that can be hurt; they are not among those of this project.
    public Task Kill() => throw new NotSupportedException("Aspire's processes are Aspire's to end.");

    public Task Start(bool waitUntilHealthy = true) => throw new NotSupportedException("Aspire's processes are Aspire's to start.");

    public Task StopDatabase() => throw new NotSupportedException("Aspire's containers are Aspire's to stop.");

    public Task StartDatabase() => throw new NotSupportedException("Aspire's containers are Aspire's to start.");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
