using System.Net.Http.Json;
using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Gateway.Limits;
using McpPlatform.Hosting;

namespace McpPlatform.Gateway.Infrastructure.Limits;

/// <summary>
/// Shares limits with the other gateways: renews all shares every second, and asks at once for limits that begin to be used. Nothing waits for it. In a process
/// that has everything there is nobody to share with.
/// </summary>
internal sealed partial class LeaseRenewer(LimitShares shares, HostShape shape, IHttpClientFactory clients, TimeProvider time, ILogger<LeaseRenewer> logger) : BackgroundService
{
    /// <summary>1 s: a gateway that needs more than it has gets it within two of these.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Leases _leases = new(shares, time);
    private readonly SemaphoreSlim _begun = new(0);
    private int _isHinted;
    private bool _away;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!shape.HostsEverything)
        {
            await Renew(_leases.Leave(), cancellationToken);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _begun.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (shape.HostsEverything)
        {
            return;
        }

        shares.Begun += Hint;
        try
        {
            while (true)
            {
                var renewedAt = time.GetTimestamp();
                await Renew(_leases.All(), stoppingToken);
                while (await IsHinted(Interval - time.GetElapsedTime(renewedAt), stoppingToken))
                {
                    if (_leases.Begun() is { } begun)
                    {
                        await Renew(begun, stoppingToken);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            shares.Begun -= Hint;
        }
    }

    // One hint is as good as many.
    private void Hint()
    {
        if (Interlocked.Exchange(ref _isHinted, 1) == 0)
        {
            _begun.Release();
        }
    }

    private async Task<bool> IsHinted(TimeSpan within, CancellationToken cancellationToken)
    {
        if (within <= TimeSpan.Zero || !await _begun.WaitAsync(within, cancellationToken))
        {
            return false;
        }

        Volatile.Write(ref _isHinted, 0);
        return true;
    }

    private async Task Renew(LimitLeaseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var http = clients.CreateClient("policy");
            using var response = await http.PostAsJsonAsync("internal/v1/policy/limit-leases", request, Json.Internal, cancellationToken);
            response.EnsureSuccessStatusCode();
            if (await response.Content.ReadFromJsonAsync<LimitLeases>(Json.Internal, cancellationToken) is { } leases && !request.Leaving)
            {
                _leases.Take(leases);
            }

            if (_away)
            {
                _away = false;
                Back(logger);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!_away)
            {
                _away = true;
                Away(logger, exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shares of limits cannot be renewed ({Reason}); this gateway goes on with those that it has.")]
    private static partial void Away(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shares of limits are renewed again.")]
    private static partial void Back(ILogger logger);
}
