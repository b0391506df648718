using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Draining;

/// <summary>
/// Hands the listening sockets of this process to the one that replaces it (<see cref="ListenOptions.Handover"/>). Both then accept from one queue, and when the old one stops listening
/// no connection is lost: with SO_REUSEPORT alone each has a queue of its own, and what waits in it, or is half-way through its handshake, is reset when it closes.
/// </summary>
internal sealed partial class ListenerHandover(
    IOptions<ListenOptions> options, Drain drain, HealthCheckService health, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ListenerHandover> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>50 ms: whoever replaces a process waits for this one to be ready.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>What this process listens on, by address. Each is a copy of its own, which no disposed socket can shut down for the other process.</summary>
    private readonly ConcurrentDictionary<string, int> _files = new();

    private Dictionary<string, int>? _taken;

    /// <summary>Holds the file that says which process hands over; it has the name of the socket with <c>.pid</c> behind it.</summary>
    public static string PidFile(string path) => path + ".pid";

    /// <summary>A bound socket for an address: the predecessor's when there is one, else a new one.</summary>
    public Socket Bind(EndPoint endpoint, Func<EndPoint, Socket> bind)
    {
        if (options.Value.Handover is not { Length: > 0 } path)
        {
            return bind(endpoint);
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new InvalidOperationException("Listen__Handover works on Linux only.");
        }

        _taken ??= Take(path);
        if (!_taken.Remove($"{endpoint}", out var file))
        {
            using var socket = bind(endpoint);
            file = PassedSockets.Duplicate((int)socket.Handle);
        }

        _files[$"{endpoint}"] = file;
        return new Socket(new SafeSocketHandle(file, ownsHandle: false));
    }

    /// <summary>This process listens there no more. Whoever has taken it over does.</summary>
    public void Close(EndPoint endpoint)
    {
        if (_files.TryRemove($"{endpoint}", out var file))
        {
            _ = PassedSockets.Close(file);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Handover is not { Length: > 0 } path)
        {
            return;
        }

        try
        {
            // Background work starts before the listeners: ready is who listens.
            while (!lifetime.ApplicationStarted.IsCancellationRequested || (await health.CheckHealthAsync(check => !check.Tags.Contains(Health.HealthTags.Detail), stoppingToken)).Status == HealthStatus.Unhealthy)
            {
                await Task.Delay(Look, time, stoppingToken);
            }

            foreach (var unwanted in (_taken ?? []).Values)
            {
                _ = PassedSockets.Close(unwanted);
            }

            await Offer(path, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Takes the predecessor's place, and waits for a successor.</summary>
    private async Task Offer(string path, CancellationToken stoppingToken)
    {
        // Bound beside the path and moved there: a socket that is closed deletes the file it was bound to, which must not be the successor's.
        var own = $"{path}.{Environment.ProcessId}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(own);
        listener.Bind(new UnixDomainSocketEndPoint(own));
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(own, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        listener.Listen();
        File.Move(own, path, overwrite: true);
        await File.WriteAllTextAsync($"{own}.pid", $"{Environment.ProcessId}\n", stoppingToken);
        File.Move($"{own}.pid", PidFile(path), overwrite: true);
        while (true)
        {
            using var successor = await listener.AcceptAsync(stoppingToken);
            try
            {
                var (addresses, files) = (_files.Keys.ToArray(), new List<int>());
                Array.ForEach(addresses, address => files.Add(_files[address]));
                if (files.Count > 0 && !drain.HasBegun)
                {
                    PassedSockets.Send(successor, string.Join('\n', addresses), files);
                    HandedOver(logger, files.Count);
                }
            }
            catch (SocketException failure)
            {
                NotHandedOver(logger, failure);
            }
        }
    }

    private Dictionary<string, int> Take(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            var (text, files) = PassedSockets.Receive(socket);
            return text.Split('\n').Zip(files).ToDictionary(p => p.First, p => p.Second);
        }
        catch (SocketException failure)
        {
            // It died, or stops: a socket of our own then.
            NotTaken(logger, failure.Message);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} listening sockets were handed to a successor.")]
    private static partial void HandedOver(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The predecessor does not hand over its listening sockets ({Reason}); this process has its own.")]
    private static partial void NotTaken(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A successor asked for the listening sockets and did not get them.")]
    private static partial void NotHandedOver(ILogger logger, Exception exception);
}
