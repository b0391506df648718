using McpPlatform.Hosting.Embeddings;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Embeddings;
using McpPlatform.Registry.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace McpPlatform.Registry.Infrastructure.Embeddings;

/// <summary>
/// Embeds definitions that tool sets search, in batches, when the catalog changed; never because somebody searches. One replica at a time, by a lock of the database. A provider that fails is
/// asked again from 5 s doubling up to 5 min; a definition that it refuses by itself is left out for an hour at least.
/// </summary>
internal sealed partial class EmbeddingWorker(
    IServiceScopeFactory scopes,
    IEnumerable<IDatabaseMigrator> databases,
    EmbeddingProvider provider,
    EmbeddingProgress progress,
    IOptions<EmbeddingOptions> options,
    TimeProvider clock,
    ILogger<EmbeddingWorker> logger) : BackgroundService
{
    private const string Job = "embeddings";

    /// <summary>"mcppembd" as a number: which lock of the database is this one.</summary>
    private const long LockKey = 0x6d63_7070_656d_6264;

    /// <summary>1 s: one look at one row; how long a new definition waits before it is embedded.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>10 min: what is unused costs a kilobyte.</summary>
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);

    /// <summary>10 s: gateways fetch all catalogs for each time that they are told.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    private readonly RefusedDefinitions _refused = new(clock);

    /// <summary>After a start too: what snapshots hold depends on this process's settings, which may be others than before.</summary>
    private bool _isUntold = true;

    private DateTimeOffset _toldAt;
    private TimeSpan _pause = FirstPause;
    private long _doneAt = -1;
    private DateTimeOffset _cleanedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await databases.Single(d => d.Module == RegistryModule.Name).Ready.WaitAsync(stoppingToken);
            while (true)
            {
                await Task.Delay(await TryRound(stoppingToken), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what has no embedding yet gets one after the next start.
        }
    }

    /// <summary>How long to wait before the next one.</summary>
    private async Task<TimeSpan> TryRound(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateSystemScope(Job);
            var version = await scope.ServiceProvider.GetRequiredService<IRegistryVersion>().Current(cancellationToken);
            if (version == _doneAt)
            {
                return Round;
            }

            var database = scope.ServiceProvider.GetRequiredService<RegistryDbContext>().Database;
            await database.OpenConnectionAsync(cancellationToken);
            if (!(await database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({LockKey}) AS \"Value\"").ToListAsync(cancellationToken)).Single())
            {
                return FirstPause;
            }

            try
            {
                return await EmbedNext(scope.ServiceProvider.GetRequiredService<IToolEmbeddings>(), version, cancellationToken);
            }
            finally
            {
                await database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            RoundFailed(logger, e);
            return NextPause();
        }
    }

    private async Task<TimeSpan> EmbedNext(IToolEmbeddings embeddings, long version, CancellationToken cancellationToken)
    {
        var refused = _refused.Now();
        var missing = await embeddings.Missing(provider.Space, refused, options.Value.BatchSize, cancellationToken);
        progress.Waiting = missing.Count + refused.Count;
        if (missing.First.Count == 0)
        {
            if (_isUntold)
            {
                // Counts the version up, so that the next round looks once more.
                await Tell(cancellationToken);
                return Round;
            }

            _doneAt = version;
            Answered();
            await Clean(embeddings, cancellationToken);
            return Round;
        }

        foreach (var batch in missing.First.GroupBy(definition => definition.TenantId))
        {
            if (await Embed([.. batch], cancellationToken) is { } failure)
            {
                await TellSometimes(cancellationToken);
                return Failed(failure);
            }
        }

        Answered();
        await TellSometimes(cancellationToken);
        return TimeSpan.Zero;
    }

    /// <summary>Null when each got its embedding, or is refused for what it is.</summary>
    private async Task<EmbeddingFailure?> Embed(MissingEmbedding[] definitions, CancellationToken cancellationToken)
    {
        var answer = await provider.Embed([.. definitions.Select(definition => definition.Text)], "definitions", options.Value.Timeout, cancellationToken);
        if (answer.Vectors is { } vectors)
        {
            await Store(definitions, vectors, cancellationToken);
            return null;
        }

        if (answer.Failure is not { MayBeOfInput: true } refusal)
        {
            return answer.Failure;
        }

        if (definitions.Length > 1)
        {
            // One of them is the reason.
            return await Embed(definitions[..(definitions.Length / 2)], cancellationToken) ?? await Embed(definitions[(definitions.Length / 2)..], cancellationToken);
        }

        // A model or a length that it does not have is answered alike: only what is refused where another text is not is at fault itself.
        if ((await provider.Embed(["tool"], "definitions", options.Value.Timeout, cancellationToken)).Failure is not null)
        {
            return refusal;
        }

        _refused.Add(definitions[0].Hash);
        DefinitionRefused(logger, definitions[0].Hash, definitions[0].TenantId, refusal.Reason);
        return null;
    }

    private Task TellSometimes(CancellationToken cancellationToken) => _isUntold && clock.GetUtcNow() - _toldAt >= TellEvery ? Tell(cancellationToken) : Task.CompletedTask;

    /// <summary>Makes a snapshot that holds what was stored since the last one.</summary>
    private async Task Tell(CancellationToken cancellationToken)
    {
        await Send(DefaultTenant.Id, new TellEmbeddings(), cancellationToken);
        (_isUntold, _toldAt) = (false, clock.GetUtcNow());
    }

    private async Task Store(MissingEmbedding[] definitions, IReadOnlyList<byte[]> vectors, CancellationToken cancellationToken)
    {
        var tenant = definitions[0].TenantId;
        await Send(tenant, new StoreEmbeddings(tenant, provider.Space, definitions.Zip(vectors).ToDictionary(one => one.First.Hash, one => one.Second)), cancellationToken);
        _isUntold = true;
    }

    private async Task Send(Guid tenant, MediatR.IRequest<Result> command, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant, $"system:{Job}");
        if ((await scope.ServiceProvider.GetRequiredService<ISender>().Send(command, cancellationToken)).Error is { } error)
        {
            throw new InvalidOperationException($"Embeddings could not be stored: {error.Code}.");
        }
    }

    private async Task Clean(IToolEmbeddings embeddings, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _cleanedAt >= CleanEvery)
        {
            await embeddings.RemoveUnused(provider.Space, now, cancellationToken);
            _cleanedAt = now;
        }
    }

    private void Answered()
    {
        _pause = FirstPause;
        if (progress.Failure is not null)
        {
            progress.Failure = null;
            Back(logger);
        }
    }

    private TimeSpan Failed(EmbeddingFailure failure)
    {
        if (progress.Failure is null)
        {
            Away(logger, failure.Reason, progress.Waiting);
        }

        progress.Failure = failure.Reason;
        return NextPause();
    }

    private TimeSpan NextPause()
    {
        var pause = _pause;
        _pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        return pause;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding provider {Reason}: {Waiting} definitions are found by words alone until it embeds them.")]
    private static partial void Away(ILogger logger, string reason, int waiting);

    [LoggerMessage(Level = LogLevel.Information, Message = "The embedding provider embeds definitions again.")]
    private static partial void Back(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding provider {Reason} for definition {Hash} of tenant {TenantId}, which is found by words alone.")]
    private static partial void DefinitionRefused(ILogger logger, string hash, Guid tenantId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Definitions could not be embedded; tried again.")]
    private static partial void RoundFailed(ILogger logger, Exception exception);
}
