using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// The memory of messages that have not come whole yet. Who begins large ones and does not end them has a share of it and no more: a tenant at most half. A message that fits into its first buffer does not
/// count, so that ordinary ones never ask.
/// </summary>
internal sealed class Arrivals(McpEndpointOptions options)
{
    /// <summary>Bytes of a first buffer: as much as the connection itself takes.</summary>
    internal const int First = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _tenants = [];
    private long _all;

    /// <summary>Bytes of memory that messages hold which have not come whole.</summary>
    public long Held => Interlocked.Read(ref _all);

    /// <summary>Begins to count a message; dispose it when the message has come or is given up.</summary>
    public Arrival Begin(HttpContext http) => new(this, http, options);

    /// <summary>Null, or why there is no room: 429 when it is the tenant that has its share, 503 when all is taken.</summary>
    internal McpError? Take(string tenant, long bytes)
    {
        lock (_lock)
        {
            var own = _tenants.GetValueOrDefault(tenant) + bytes;
            if (own > options.MaxArrivingBytes / 2)
            {
                return Full("messages of your tenant", ErrorCodes.RateLimited, StatusCodes.Status429TooManyRequests);
            }

            if (_all + bytes > options.MaxArrivingBytes)
            {
                return Full("messages", ErrorCodes.NotReady, StatusCodes.Status503ServiceUnavailable);
            }

            _tenants[tenant] = own;
            _all += bytes;
            return null;
        }
    }

    internal void Return(string tenant, long bytes)
    {
        lock (_lock)
        {
            _all -= bytes;
            if ((_tenants[tenant] -= bytes) == 0)
            {
                _tenants.Remove(tenant);
            }
        }
    }

    private static McpError Full(string what, int code, int status) => new(code, $"The memory for {what} that are still arriving is taken. Send this one again when others are through.", status);
}

/// <summary>What one message takes of <see cref="Arrivals"/> while it comes. Changes as it counts: never copy it.</summary>
internal struct Arrival(Arrivals arrivals, HttpContext http, McpEndpointOptions options) : IDisposable
{
    private string? _tenant;
    private long _taken;

    /// <summary>Room for more of the message. Null, or why no more of it may come; then <paramref name="room"/> is empty.</summary>
    public McpError? Next(PooledBuffer body, out Memory<byte> room)
    {
        room = default;
        if (body.Written.Length > options.MaxBodyBytes)
        {
            return HttpGate.TooLarge(options);
        }

        var next = body.GetMemory();
        var more = body.Capacity > Arrivals.First ? body.Capacity - _taken : 0;
        if (more > 0)
        {
            _tenant ??= options.Caller(http).Tenant;
            if (arrivals.Take(_tenant, more) is { } refusal)
            {
                return refusal;
            }

            _taken += more;
        }

        room = next;
        return null;
    }

    public void Dispose()
    {
        if (_taken > 0)
        {
            arrivals.Return(_tenant!, _taken);
            _taken = 0;
        }
    }
}
