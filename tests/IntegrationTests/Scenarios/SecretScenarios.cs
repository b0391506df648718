using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Secrets planted everywhere are found nowhere: no table, no file, no log, no answer.</summary>
public abstract class SecretScenarios(SharedPlatform shared)
{
    private static readonly string[] Planted =
    [
        "planted-header-secret-1",
        "planted-argument-password-2",
        "ghp_plantedplantedplantedplantedplanted12",
        "planted-nested-token-4",
        "planted-factory-secret-5",
    ];

    [Fact]
    public async Task A_planted_secret_is_in_no_store_no_file_and_no_log()
    {
        var steps = await shared.Get();
        await steps.RegisterHttp("planted", steps.Upstream.Address, new Dictionary<string, string> { ["X-Upstream-Token"] = Planted[0] });
        (await steps.Admin.Send(HttpMethod.Put, "/api/v1/secrets/planted", new { value = Planted[4] })).Status.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.Created, HttpStatusCode.OK);
        using var caller = new ModernCaller(steps.McpOf("planted"), steps.Platform.AdminKey);
        var marker = $"marker-{Guid.NewGuid():n}";
        await caller.Call("echo", new JsonObject
        {
            ["text"] = $"{marker} {Planted[2]}",
            ["password"] = Planted[1],
            ["nested"] = new JsonObject { ["api_token"] = Planted[3] },
        });
        var record = await steps.RecordOf(marker);

        string[] hidden = [.. Planted, steps.Platform.AdminKey];
        Found(hidden, record.ToJsonString()).ShouldBeEmpty("the record");
        Found(hidden, steps.Platform.Logs).ShouldBeEmpty("the logs");
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            Found(hidden, await Dump(steps.Platform.OwnerConnection(service))).ShouldBeEmpty($"database of {service}");
        }

        // Read by a program of its own: the platform holds locks on some of them. A database's own files count as well.
        (await Shell.Run("sh", "-c", "grep -rlaF --exclude=bootstrap-admin-key -f - \"$1\" <<'PATTERNS' || test $? = 1\n" + string.Join('\n', hidden) + "\nPATTERNS", "sh", steps.Platform.DataFolder))
            .ShouldBeEmpty("files that hold a secret");
    }

    [Fact]
    public async Task Every_tenant_owned_table_is_walled_by_the_database_itself()
    {
        var steps = await shared.Get();
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            await using var source = NpgsqlDataSource.Create(steps.Platform.OwnerConnection(service));
            await using var command = source.CreateCommand("""
                SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                """);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            (await reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeFalse($"{service} has an open table");
        }
    }

    private static IEnumerable<string> Found(string[] secrets, string text) => secrets.Where(s => text.Contains(s, StringComparison.Ordinal));

    // Everything that the service stores, as text: every row of every table.
    private static async Task<string> Dump(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using (var all = new NpgsqlCommand("SELECT set_config('mcpp.tenant', '*', false)", connection))
        {
            await all.ExecuteNonQueryAsync();
        }

        await using var command = new NpgsqlCommand("""
            SELECT coalesce(string_agg(query_to_xml(format('SELECT * FROM %I', c.relname), true, true, '')::text, ''), '')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'
            """, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
