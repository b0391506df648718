using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace McpPlatform.Benchmarks.Measuring;

/// <summary>
/// Lets the garbage collector of another .NET process on this machine collect everything, by its diagnostic port: as <c>dotnet-counters</c> and the like speak with it. What is in
/// memory after that is in use.
/// </summary>
internal static class FullCollection
{
    private const byte EventPipe = 2;
    private const byte Collect = 2;

    /// <summary>Of the runtime's own events: a collection when they are asked for.</summary>
    private const ulong GcHeapCollect = 0x800000;

    /// <summary>Collects, and returns when that is over. Throws <see cref="InvalidOperationException"/> where the process has no diagnostic port.</summary>
    public static async Task Of(int process)
    {
        var port = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process}-*-socket").FirstOrDefault()
            ?? throw new InvalidOperationException($"Process {process} has no diagnostic port; is DOTNET_EnableDiagnostics off?");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(port));
        await socket.SendAsync(Request());

        // The collection comes before the first events of the session; they end when the socket does.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var (buffer, quiet) = (new byte[64 * 1024], TimeSpan.FromMilliseconds(700));
        try
        {
            while (!limit.IsCancellationRequested && await socket.ReceiveAsync(buffer, limit.Token).AsTask().WaitAsync(quiet, limit.Token) > 0)
            {
            }
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            // Nothing more is said.
        }
    }

    private static byte[] Request()
    {
        using var message = new MemoryStream();
        using var writer = new BinaryWriter(message);
        writer.Write("DOTNET_IPC_V1\0"u8);
        writer.Write((ushort)0);
        writer.Write(EventPipe);
        writer.Write(Collect);
        writer.Write((ushort)0);

        // Megabytes of buffer, format (nettrace), number of providers; then keywords, level, name and filter of each.
        writer.Write(16u);
        writer.Write(1u);
        writer.Write(1u);
        writer.Write(GcHeapCollect);
        writer.Write(4u);
        const string runtime = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write((uint)runtime.Length);
        writer.Write(Encoding.Unicode.GetBytes(runtime));
        writer.Write(0u);
        var bytes = message.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(14), (ushort)bytes.Length);
        return bytes;
    }
}
