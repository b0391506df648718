namespace McpPlatform.IntegrationTests.Platform;

/// <summary>Waits for something that becomes true by itself, with a deadline.</summary>
internal static class Until
{
    public static async Task True(Func<Task<bool>> condition, TimeSpan atMost, Func<string>? otherwise = null)
    {
        var deadline = DateTimeOffset.UtcNow + atMost;
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new TimeoutException(otherwise?.Invoke() ?? $"It did not become true within {atMost.TotalSeconds} s.");
            }

            await Task.Delay(100);
        }
    }
}
