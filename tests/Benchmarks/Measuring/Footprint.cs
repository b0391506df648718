namespace McpPlatform.Benchmarks.Measuring;

/// <summary>What a process has in use right after everything else was collected.</summary>
/// <param name="Resident">Bytes that the operating system would get back.</param>
/// <param name="Heap">Bytes of managed objects.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Sessions">Legacy sessions that live there.</param>
internal readonly record struct Footprint(long Resident, long Heap, int Handles, int Sessions)
{
    public static Footprint operator -(Footprint later, Footprint earlier) =>
        new(later.Resident - earlier.Resident, later.Heap - earlier.Heap, later.Handles - earlier.Handles, later.Sessions - earlier.Sessions);
}
