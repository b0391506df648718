using System.Net;
using System.Net.Http.Headers;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Infrastructure.Snapshots;

/// <summary>One service's snapshot, fetched over HTTP when it changed.</summary>
/// <param name="client">Named service client, which is also the snapshot's name.</param>
internal sealed partial class SnapshotSource(
    string client,
    string path,
    IHttpClientFactory clients,
    Func<byte[], SnapshotOutcome> offer,
    Action confirm,
    ILogger<SnapshotRefresher> logger)
{
    /// <summary>256 MiB: thousands of servers with their catalogs. More is no snapshot.</summary>
    private const long MaxBytes = 256L << 20;

    private EntityTagHeaderValue? _tag;
    private bool _away;
    private bool _broken;

    /// <summary>Asks once. What cannot be fetched or used changes nothing; the first failure of its kind in a row is logged. Only the stop is thrown.</summary>
    public async Task Refresh(CancellationToken cancellationToken)
    {
        try
        {
            await Fetch(cancellationToken);
            if (_away || _broken)
            {
                (_away, _broken) = (false, false);
                Back(logger, client);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!_away)
            {
                _away = true;
                Away(logger, client, exception.Message);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: a loop that ended here would leave this process with what it knows now for good.
            if (!_broken)
            {
                _broken = true;
                Broken(logger, client, exception);
            }
        }
    }

    private async Task Fetch(CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(client);
        http.MaxResponseContentBufferSize = MaxBytes;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (_tag is not null)
        {
            request.Headers.IfNoneMatch.Add(_tag);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotModified && _tag is not null)
        {
            confirm();
            return;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"{client} answered {(int)response.StatusCode}.");
        }

        // A refused snapshot keeps its tag away from us: it must be sent again, and not be "not modified".
        var outcome = offer(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        _tag = outcome == SnapshotOutcome.Refused ? null : response.Headers.ETag;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The snapshot of {Client} cannot be fetched ({Reason}); the last one goes on.")]
    private static partial void Away(ILogger logger, string client, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The snapshot of {Client} cannot be used; the last one goes on.")]
    private static partial void Broken(ILogger logger, string client, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The snapshot of {Client} can be fetched and used again.")]
    private static partial void Back(ILogger logger, string client);
}
