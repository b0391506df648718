namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A PostgreSQL of one test class, with the platform's databases and roles.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Repository.Root, "scripts/private-postgres.sh");

    private readonly string _folder;
    private readonly string _keys;
    private Dictionary<string, string> _settings = [];

    private PrivatePostgres(string folder, string keys) => (_folder, _keys) = (folder, keys);

    /// <summary>The connection strings as environment variables name them.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    public static Task<PrivatePostgres> Create(string folder) => Of(folder, Path.Combine(folder, "keys"));

    /// <summary>The one in this folder, started when it does not run.</summary>
    public static async Task<PrivatePostgres> Of(string folder, string keys)
    {
        var postgres = new PrivatePostgres(folder, keys);
        await postgres.Start();
        return postgres;
    }

    /// <summary>The service's runtime role.</summary>
    public string Runtime(string service) => _settings[$"ConnectionStrings__{service}db"];

    /// <summary>The role that owns the service's tables.</summary>
    public string Owner(string service) => _settings[$"ConnectionStrings__{service}db_migrator"];

    public async Task Start()
    {
        var output = await Shell.Run(Script, "start", _folder, "--keys", _keys, "--fast");
        _settings = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split('=', 2))
            .Where(l => l.Length == 2 && l[0].StartsWith("ConnectionStrings__", StringComparison.Ordinal))
            .ToDictionary(l => l[0], l => l[1]);
    }

    public Task Stop() => Shell.Run(Script, "stop", _folder);

    public async ValueTask DisposeAsync() => await Stop();
}
