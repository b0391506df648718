using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>Bounds of the embedding of queries.</summary>
/// <param name="Patience">Longest that a search waits.</param>
public sealed record QueryVectorBounds(TimeSpan Patience)
{
    /// <summary>Vectors kept for a tenant; 256 bytes each by default.</summary>
    public int KeptPerTenant { get; init; } = 256;

    /// <summary>Vectors kept in all: some 3 MB. The tenant that has most gives way.</summary>
    public int Kept { get; init; } = 8192;

    /// <summary>Requests under way for a tenant, so that none takes all places.</summary>
    public int UnderWayPerTenant { get; init; } = 4;

    /// <summary>Requests under way in all.</summary>
    public int UnderWay { get; init; } = 16;

    /// <summary>Failures in a row, late answers among them, after which the provider is left alone.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>For how long; then one query is sent that nobody waits for.</summary>
    public TimeSpan AwayFor { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How a search came by the vector of its query.</summary>
/// <param name="How"><c>kept</c>, <c>fresh</c>; without one: <c>off</c>, <c>busy</c>, <c>late</c>, <c>failed</c> or <c>away</c>.</param>
public readonly record struct QueryVector(SearchVector? Vector, string How);

/// <summary>
/// Vectors of queries: kept for each tenant by itself, so that nobody learns from how fast an answer is what others asked; one request for equal queries at once; never waited for longer than
/// <see cref="QueryVectorBounds.Patience"/>, and not at all while the provider fails. An answer that comes too late is kept for the next time.
/// </summary>
public sealed class QueryVectors(IQueryEmbedder embedder, QueryVectorBounds bounds, TimeProvider time)
{
    /// <summary>Of a query; more is no search.</summary>
    private const int MaxLength = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, TenantQueries> _tenants = [];
    private int _kept;
    private int _underWay;
    private int _failures;
    private long _awaySince;

    /// <summary>What vectors of tools must be of; null = queries are not embedded at all.</summary>
    public string? Space => embedder.Space;

    /// <summary>The vector of a query, if it can be had in time. Throws only when the caller itself is gone.</summary>
    public async ValueTask<QueryVector> Of(Guid tenantId, string query, CancellationToken cancellationToken)
    {
        if (embedder.Space is null)
        {
            return new QueryVector(null, "off");
        }

        query = query.Trim();
        query = query.Length <= MaxLength ? query : query[..(char.IsHighSurrogate(query[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        if (Find(tenantId, query, out var how) is not { } flight)
        {
            return new QueryVector(null, how);
        }

        if (flight.Vector.IsCompletedSuccessfully)
        {
            return new QueryVector(flight.Vector.Result, flight.Vector.Result is null ? "failed" : how);
        }

        if (how == "away")
        {
            return new QueryVector(null, how);
        }

        try
        {
            var vector = await flight.Vector.WaitAsync(bounds.Patience, time, cancellationToken);
            return new QueryVector(vector, vector is null ? "failed" : how);
        }
        catch (TimeoutException)
        {
            var isNews = false;
            lock (_gate)
            {
                // Once, however many wait for it.
                isNews = !flight.IsLate && Count(isWell: false);
                flight.IsLate = true;
            }

            Tell(isNews);
            return new QueryVector(null, "late");
        }
    }

    /// <summary>What is kept, under way or sent now; null when nothing is sent.</summary>
    private Flight? Find(Guid tenantId, string query, out string how)
    {
        var key = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(query)).AsSpan(0, 16));
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenantId, out var tenant))
            {
                _tenants.Add(tenantId, tenant = new TenantQueries());
            }

            if (tenant.Flights.TryGetValue(key, out var flight))
            {
                how = flight.Vector.IsCompleted ? "kept" : IsAway ? "away" : "fresh";
                return flight;
            }

            var isTrial = IsAway;
            how = isTrial ? "away" : "fresh";
            if (isTrial && (_underWay > 0 || time.GetElapsedTime(_awaySince) < bounds.AwayFor))
            {
                return null;
            }

            if (_underWay >= bounds.UnderWay || tenant.UnderWay >= bounds.UnderWayPerTenant)
            {
                how = "busy";
                return null;
            }

            _underWay++;
            tenant.UnderWay++;
            tenant.Flights.Add(key, flight = new Flight(time.GetTimestamp()));
            flight.Vector = Fly(tenant, key, query, flight);
            return flight;
        }
    }

    private bool IsAway => _failures >= bounds.Failures;

    private async Task<SearchVector?> Fly(TenantQueries tenant, Guid key, string query, Flight flight)
    {
        // The lock is not held while somebody else's code runs.
        await Task.Yield();
        var (vector, isRefused) = await embedder.Embed(query);
        bool isNews;
        lock (_gate)
        {
            _underWay--;
            tenant.UnderWay--;
            // What one caller asks in a way that the provider refuses says nothing of others.
            isNews = !flight.IsLate && !isRefused && Count(vector is not null && time.GetElapsedTime(flight.Began) <= bounds.Patience);
            if (vector is null)
            {
                tenant.Flights.Remove(key);
            }
            else
            {
                Keep(tenant, key);
            }
        }

        Tell(isNews);
        return vector;
    }

    /// <summary>True when it makes a difference.</summary>
    private bool Count(bool isWell)
    {
        var before = IsAway;
        (_failures, _awaySince) = isWell ? (0, 0) : (_failures + 1, time.GetTimestamp());
        return before != IsAway;
    }

    private void Tell(bool isNews)
    {
        if (isNews)
        {
            embedder.Changed(IsAway);
        }
    }

    private void Keep(TenantQueries tenant, Guid key)
    {
        tenant.Order.Enqueue(key);
        _kept++;
        if (tenant.Order.Count > bounds.KeptPerTenant)
        {
            Forget(tenant);
        }
        else if (_kept > bounds.Kept)
        {
            Forget(_tenants.Values.MaxBy(one => one.Order.Count)!);
        }
    }

    private void Forget(TenantQueries tenant)
    {
        tenant.Flights.Remove(tenant.Order.Dequeue());
        _kept--;
    }

    private sealed class TenantQueries
    {
        /// <summary>Under way, and what came of those that got something.</summary>
        public Dictionary<Guid, Flight> Flights { get; } = [];

        /// <summary>Of those that are kept, oldest first.</summary>
        public Queue<Guid> Order { get; } = [];

        public int UnderWay { get; set; }
    }

    private sealed class Flight(long began)
    {
        public long Began => began;

        public Task<SearchVector?> Vector { get; set; } = null!;

        public bool IsLate { get; set; }
    }
}
