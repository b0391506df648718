using System.Buffers;

namespace McpPlatform.Mcp.Json;

/// <summary>
/// Memory of messages: out of the shared pool, and back to it unless it is large. The pool keeps what it gets for every thread and processor, so that one flood of the
/// largest messages would else stay in memory for as long as the process lives. What is not kept goes to the collector, which is told when that is a lot.
/// </summary>
internal static class MessageMemory
{
    /// <summary>Largest array that the pool gets back. 1 MiB: larger messages are rare, and take longer to read than an array to make.</summary>
    private const int MostKept = 1024 * 1024;

    /// <summary>64 MiB given up since the collector last heard of it: a server that floods once does not matter.</summary>
    private const long Enough = 64L * 1024 * 1024;

    /// <summary>The collector is asked once in 5 s at most, whatever comes: a flood must not buy processor time either.</summary>
    private const long Between = 5_000;

    private static long s_givenUp;
    private static long s_askedAt = -Between;

    public static byte[] Rent(int size) => ArrayPool<byte>.Shared.Rent(size);

    public static void Return(byte[] array)
    {
        if (array.Length <= MostKept)
        {
            ArrayPool<byte>.Shared.Return(array);
            return;
        }

        var asked = Volatile.Read(ref s_askedAt);
        if (Interlocked.Add(ref s_givenUp, array.Length) > Enough && Environment.TickCount64 - asked >= Between
            && Interlocked.CompareExchange(ref s_askedAt, Environment.TickCount64, asked) == asked)
        {
            Volatile.Write(ref s_givenUp, 0);

            // In the background: nobody waits. Left alone, the collector looks at large arrays only when ten times as much was made of them.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }
}
