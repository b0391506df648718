using Npgsql;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A link that can be cut before each service, before PostgreSQL and before a RabbitMQ that is brought along, as an operator's own would be.</summary>
internal sealed class PlatformLinks : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Repository.Root, "scripts/private-rabbitmq.sh");

    private readonly Dictionary<string, LinkProxy> _links = [];
    private readonly Dictionary<string, string> _settings = [];
    private readonly string _broker;

    private PlatformLinks(string broker) => _broker = broker;

    /// <summary>By what they lead to.</summary>
    public IReadOnlyDictionary<string, LinkProxy> All => _links;

    /// <summary>The environment that makes a platform use them.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>Starts the broker in a folder of its own, and makes the links.</summary>
    public static async Task<PlatformLinks> Make(PrivatePostgres postgres, string broker, string keys, IEnumerable<(string Service, int Port)> services)
    {
        var links = new PlatformLinks(broker);
        links.ToDatabase(postgres);
        await links.ToBroker(keys);
        foreach (var (service, port) in services)
        {
            links._settings[$"Services__{service}__BaseAddress"] = $"http://127.0.0.1:{links.To(service, "127.0.0.1", port)}";
        }

        return links;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }

        await Shell.Run(Script, "stop", _broker);
    }

    private void ToDatabase(PrivatePostgres postgres)
    {
        var database = new NpgsqlConnectionStringBuilder(postgres.Runtime("policy"));
        var port = To("postgres", database.Host!, database.Port);
        foreach (var (name, value) in postgres.Settings)
        {
            _settings[name] = new NpgsqlConnectionStringBuilder(value) { Port = port }.ConnectionString;
        }
    }

    private async Task ToBroker(string keys)
    {
        const string Setting = "ConnectionStrings__rabbitmq";
        var output = await Shell.Run(Script, "start", _broker, "--keys", keys, "--fast");
        var broker = new Uri(output.Split('\n').Single(l => l.StartsWith($"{Setting}=", StringComparison.Ordinal))[$"{Setting}=".Length..]);
        _settings[Setting] = new UriBuilder(broker) { Port = To("rabbitmq", broker.Host, broker.Port) }.ToString();
    }

    private int To(string name, string host, int port) => (_links[name] = new LinkProxy(host, port)).Port;
}
