namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>How long a connection may stand unused.</summary>
internal static class IdleTime
{
    /// <summary>A process that was only looked at has no caller to wait for: it rests after a minute, in which the first one may come.</summary>
    private static readonly TimeSpan RestAfterLook = TimeSpan.FromMinutes(1);

    /// <param name="otherwise">Where the server's entry says nothing.</param>
    public static TimeSpan Of(UpstreamSlot slot, TimeSpan otherwise)
    {
        var stop = slot.IdleStop ?? otherwise;
        return slot.IsProcess && !slot.WasCalled && RestAfterLook < stop ? RestAfterLook : stop;
    }
}
