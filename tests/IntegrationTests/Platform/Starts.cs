namespace McpPlatform.IntegrationTests.Platform;

/// <summary>Platforms start one at a time: a start keeps all cores busy for seconds, and several at once would keep them from the tests that run meanwhile.</summary>
internal static class Starts
{
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>Starts something when nothing else is starting.</summary>
    public static async Task InTurn(Func<Task> start)
    {
        await One.WaitAsync();
        try
        {
            await start();
        }
        finally
        {
            One.Release();
        }
    }
}
