namespace McpPlatform.Tracing.Infrastructure.Persistence.Migrations;

/// <summary>
/// What the first migration does beyond EF's vocabulary: call records by day, and functions through which the service's role, which owns nothing, has
/// staging tables and partitions made. The functions run as the schema's owner with a fixed search path, serve only a role that may write calls, and keep
/// their own bounds, so that a captured service can neither make partitions without end nor drop what is recent.
/// </summary>
internal static class CallRecordsSchema
{
    /// <summary>EF knows no partitioned tables: the one it made is the pattern of the real one.</summary>
    public const string Partition =
        """
        ALTER TABLE call_records RENAME TO call_records_pattern;
        CREATE TABLE call_records (LIKE call_records_pattern INCLUDING DEFAULTS, CONSTRAINT pk_call_records_by_day PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        DROP TABLE call_records_pattern;
        ALTER TABLE call_records RENAME CONSTRAINT pk_call_records_by_day TO pk_call_records;
        CREATE TABLE call_records_default PARTITION OF call_records DEFAULT;
        """;

    /// <summary>A partition is also a table; asked directly it must show no more than the whole would.</summary>
    public const string Wall =
        """
        CREATE FUNCTION wall_call_partition(partition regclass) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
            EXECUTE format('CREATE POLICY tenant_wall ON %s USING (current_setting(''mcpp.tenant'', true) IN (tenant_id::text, ''*''))', partition);
        END $$;
        SELECT wall_call_partition('call_records_default'::regclass);
        """;

    /// <summary>A table of the current transaction only. The service's role may not make temporary tables itself where the database is closed to the public.</summary>
    public const string Stage =
        """
        CREATE FUNCTION stage_call_records() RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            IF NOT has_table_privilege(session_user, 'public.call_records', 'INSERT') THEN
                RAISE insufficient_privilege USING MESSAGE = 'only a role that may write call records stages them';
            END IF;
            CREATE TEMPORARY TABLE call_records_stage (LIKE public.call_records INCLUDING DEFAULTS) ON COMMIT DROP;
            EXECUTE format('GRANT SELECT, INSERT ON pg_temp.call_records_stage TO %I', session_user);
        END $$;
        """;

    /// <summary>
    /// Attaching instead of CREATE … PARTITION OF: writers of other days go on meanwhile, and what waited in the default partition moves over first, without
    /// which the new one would be refused. One caller at a time; the lock ends with its transaction.
    /// </summary>
    public const string Ensure =
        """
        CREATE FUNCTION ensure_call_partitions(days date[]) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
        DECLARE
            today date := (now() AT TIME ZONE 'UTC')::date;
            caller text := coalesce(current_setting('mcpp.tenant', true), '');
            wanted date;
            partition text;
            made integer := 0;
        BEGIN
            IF NOT has_table_privilege(session_user, 'public.call_records', 'INSERT') THEN
                RAISE insufficient_privilege USING MESSAGE = 'only a role that may write call records has days opened';
            END IF;
            PERFORM set_config('mcpp.tenant', '*', true);
            FOR wanted IN SELECT DISTINCT d FROM unnest(days) AS d WHERE d BETWEEN today - 3651 AND today + 2 ORDER BY d LOOP
                partition := 'call_records_' || to_char(wanted, 'YYYYMMDD');
                CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
                PERFORM pg_advisory_xact_lock(hashtext('mcpp.call_partitions'));
                -- Made by another while this one waited? to_regclass would answer from a cache that an advisory lock does not refresh.
                CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'public'::regnamespace);
                EXECUTE format('CREATE TABLE public.%I (LIKE public.call_records INCLUDING DEFAULTS)', partition);
                LOCK TABLE public.call_records_default IN ACCESS EXCLUSIVE MODE;
                EXECUTE format('WITH moved AS (DELETE FROM public.call_records_default WHERE day = $1 RETURNING *) INSERT INTO public.%I SELECT * FROM moved', partition)
                    USING wanted;
                EXECUTE format('ALTER TABLE public.call_records ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', partition, wanted, wanted + 1);
                PERFORM public.wall_call_partition(format('public.%I', partition)::regclass);
                made := made + 1;
            END LOOP;
            PERFORM set_config('mcpp.tenant', caller, true);
            RETURN made;
        END $$;
        """;

    /// <summary>Never today's, whatever is asked for. Gives up after two seconds behind a long reader; the next round tries again.</summary>
    public const string Drop =
        """
        CREATE FUNCTION drop_call_partitions(before date) RETURNS SETOF text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
        DECLARE
            caller text := coalesce(current_setting('mcpp.tenant', true), '');
            bound date := least(before, (now() AT TIME ZONE 'UTC')::date);
            partition text;
        BEGIN
            IF NOT has_table_privilege(session_user, 'public.call_records', 'INSERT') THEN
                RAISE insufficient_privilege USING MESSAGE = 'only a role that may write call records has days dropped';
            END IF;
            PERFORM set_config('mcpp.tenant', '*', true);
            FOR partition IN
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'public.call_records'::regclass AND c.relname ~ '^call_records_[0-9]{8}$' AND to_date(right(c.relname, 8), 'YYYYMMDD') < bound
                ORDER BY c.relname
            LOOP
                EXECUTE format('DROP TABLE public.%I', partition);
                RETURN NEXT partition;
            END LOOP;
            DELETE FROM public.call_records_default WHERE stored_at < bound::timestamp AT TIME ZONE 'UTC';
            PERFORM set_config('mcpp.tenant', caller, true);
        END $$;
        """;

    public const string Undo =
        "DROP FUNCTION drop_call_partitions(date), ensure_call_partitions(date[]), stage_call_records(), wall_call_partition(regclass);";
}
