namespace McpPlatform.Gateway.State;

/// <summary>What the tool sets of one tenant may hold beside what is their servers'. Counted while the state is compiled, by one thread.</summary>
internal sealed class SetMemory(long most)
{
    /// <summary>Of an item in a set: its places in the set's lists, and what it is called there. Measured: 80 to 110 bytes.</summary>
    public const int PerItem = 128;

    /// <summary>256 MiB: two hundred sets of ten thousand tools each. Far more than anybody reads; far less than a gateway has.</summary>
    public const long Default = 256L * 1024 * 1024;

    /// <summary>
    /// What searching a set takes: for each tool of its servers the place in the set, and for each tool with words of the set's own those words. Estimated as four times the definition: a word of seven
    /// characters takes some thirty bytes more; what is beyond 32 KiB is not looked at.
    /// </summary>
    public static long OfSearch(IEnumerable<ServerRoute> members, IEnumerable<ToolRoute> worded) =>
        members.Sum(server => (long)sizeof(int) * server.Tools.Length) + worded.Sum(tool => 4L * Math.Min(tool.Definition.Length, 32 * 1024));

    public static SetMemory Unlimited => new(long.MaxValue);

    public long Held { get; private set; }

    /// <summary>False when there is no room: nothing is counted then.</summary>
    public bool TryTake(long bytes)
    {
        if (bytes > most - Held)
        {
            return false;
        }

        Held += bytes;
        return true;
    }
}
