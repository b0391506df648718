using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace McpPlatform.Persistence;

/// <summary>
/// What PostgreSQL itself enforces, derived from the model so that no table can be forgotten: forced row-level security on every tenant-owned table
/// (also for its owner), and for the runtime role no more than it needs: append-only rows can be added and read, never changed.
/// </summary>
internal static class TenantWalls
{
    /// <summary>Setting that names the tenant of a connection: an id, or <c>*</c> for jobs of the platform.</summary>
    public const string Setting = "mcpp.tenant";

    public static IEnumerable<string> Statements(IModel model, string runtimeRole)
    {
        var role = Quote(runtimeRole);
        yield return $"GRANT USAGE ON SCHEMA public TO {role}";
        yield return $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}";
        yield return $"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}";

        foreach (var name in Tables<IAppendOnly>(model))
        {
            yield return $"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {role}";
            // Partitions are reached through their parent only.
            yield return $"""
                DO $walls$ DECLARE part regclass; BEGIN
                    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = '{name}'::regclass LOOP EXECUTE format('REVOKE ALL ON %s FROM {role.Replace("'", "''", StringComparison.Ordinal)}', part); END LOOP;
                END $walls$
                """;
        }

        foreach (var name in Tables<ITenantOwned>(model))
        {
            yield return $"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY";
            yield return $"ALTER TABLE {name} FORCE ROW LEVEL SECURITY";
            yield return $"DROP POLICY IF EXISTS tenant_wall ON {name}";
            yield return $"CREATE POLICY tenant_wall ON {name} USING (current_setting('{Setting}', true) IN (tenant_id::text, '*'))";
        }
    }

    private static IEnumerable<string> Tables<TMark>(IModel model) =>
        model.GetEntityTypes().Where(e => e.ClrType.IsAssignableTo(typeof(TMark))).Select(e => e.GetTableName()).OfType<string>().Distinct().Select(Quote);

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
