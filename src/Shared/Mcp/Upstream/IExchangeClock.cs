namespace McpPlatform.Mcp.Upstream;

/// <summary>What an exchange with an upstream is waiting for; each has a time of its own.</summary>
public enum ExchangePhase
{
    /// <summary>A connection, or the start of a process, with its handshake.</summary>
    Connect,

    /// <summary>The head of the response; only where there is HTTP.</summary>
    Headers,

    /// <summary>The first byte of the answer.</summary>
    FirstByte,

    /// <summary>The next sign of life.</summary>
    Idle,

    /// <summary>The caller, who takes what was handed to it. Its time is not the upstream's.</summary>
    Caller,
}

/// <summary>Measures the time of one exchange for whoever started it. Its token is the one that the exchange was started with.</summary>
public interface IExchangeClock
{
    /// <summary>The exchange waits for this from now on. Cheap, and called once per piece that is read.</summary>
    void Wait(ExchangePhase phase);
}
