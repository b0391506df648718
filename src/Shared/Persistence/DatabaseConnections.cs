using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace McpPlatform.Persistence;

/// <summary>How one module reaches its database: as the runtime role to serve, as the migrator role (when one is configured) to change the schema.</summary>
internal sealed class DatabaseConnections<TContext>(string runtime, string? migrator) : IAsyncDisposable
    where TContext : ServiceDbContext
{
    public const string HistoryTable = "schema_migrations";

    private readonly Lazy<NpgsqlDataSource> _runtime = new(() => Build(runtime));
    private readonly Lazy<NpgsqlDataSource> _migrator = new(() => Build(migrator ?? runtime));

    public NpgsqlDataSource Runtime => _runtime.Value;

    public NpgsqlDataSource Migrator => _migrator.Value;

    public string RuntimeRole { get; } = new NpgsqlConnectionStringBuilder(runtime).Username
        ?? throw new InvalidOperationException($"The connection string of {typeof(TContext).Name} names no user.");

    public static DbContextOptionsBuilder<TContext> Configure(DbContextOptionsBuilder<TContext> options, NpgsqlDataSource source)
    {
        Configure((DbContextOptionsBuilder)options, source);
        return options;
    }

    public static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource source) =>
        options.UseNpgsql(source, npgsql => npgsql.MigrationsHistoryTable(HistoryTable)).AddInterceptors(TenantConnectionInterceptor.Instance).ConfigureWarnings(LogOnce);

    // Whoever catches the exception logs it or answers with it. EF's own line would say it a second time, for each try of each job while the database is away.
    private static void LogOnce(WarningsConfigurationBuilder warnings) => warnings.Log(
        (RelationalEventId.ConnectionError, LogLevel.Debug),
        (RelationalEventId.CommandError, LogLevel.Debug),
        (RelationalEventId.TransactionError, LogLevel.Debug),
        (CoreEventId.QueryIterationFailed, LogLevel.Debug),
        (CoreEventId.SaveChangesFailed, LogLevel.Debug));

    public async ValueTask DisposeAsync()
    {
        if (_runtime.IsValueCreated)
        {
            await _runtime.Value.DisposeAsync();
        }

        if (_migrator.IsValueCreated)
        {
            await _migrator.Value.DisposeAsync();
        }
    }

    // A hanging database must cost a request seconds, not its thread for ever: 2 s to connect or to get a connection, 5 s for a command,
    // unless the connection string says otherwise.
    private static NpgsqlDataSource Build(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ShouldSerialize("Timeout"))
        {
            settings.Timeout = 2;
        }

        if (!settings.ShouldSerialize("Command Timeout"))
        {
            settings.CommandTimeout = 5;
        }

        if (!settings.ShouldSerialize("Maximum Pool Size"))
        {
            settings.MaxPoolSize = 20;
        }

        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
