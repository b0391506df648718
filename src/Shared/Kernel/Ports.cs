namespace McpPlatform.Kernel;

/// <summary>Marks a request that changes nothing: it runs without a transaction.</summary>
public interface IQuery;

/// <summary>
/// Events raised by the current use case. They are stored with its changes in one transaction and published afterwards, at least once, in order
/// within a tenant; a use case that refuses publishes nothing.
/// </summary>
public interface IEventOutbox
{
    /// <summary>Adds an event (a record of Contracts) to this unit of work.</summary>
    void Add<TEvent>(TEvent integrationEvent)
        where TEvent : class;
}

/// <summary>One transaction of one module's database. Nested use joins the outer transaction, which alone commits.</summary>
public interface IUnitOfWork
{
    Task Begin(CancellationToken cancellationToken);

    /// <summary>
    /// Saves, writes audit and outbox rows, and commits. Answers a refusal instead of throwing when a unique value is taken (409) or a record changed
    /// meanwhile (409); anything else that breaks throws.
    /// </summary>
    Task<Error?> Commit(CancellationToken cancellationToken);

    /// <summary>Undoes everything; safe to call at any time.</summary>
    Task Rollback();
}

/// <summary>Brings one module's schema up to date, and knows whether it is.</summary>
public interface IDatabaseMigrator
{
    /// <summary>Name of the module.</summary>
    string Module { get; }

    /// <summary>Applies what is missing, then roles, row-level security and first rows. Idempotent; replicas exclude one another by a lock.</summary>
    Task Migrate(CancellationToken cancellationToken);

    /// <summary>True when no migration is pending. Throws when the database cannot be reached.</summary>
    Task<bool> IsCurrent(CancellationToken cancellationToken);

    /// <summary>Completes once the schema was seen to be current. Background work on the database awaits it.</summary>
    Task Ready { get; }

    /// <summary>Marks the schema as current.</summary>
    void MarkReady();
}

/// <summary>First rows of a module, written after its migrations, each time: must do nothing when they exist.</summary>
public interface IDatabaseSeed
{
    string Module { get; }

    Task Seed(CancellationToken cancellationToken);
}
