using System.Collections.Concurrent;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// A client of the legacy era at work: a session with its event stream, and one call after the other whose progress it follows. On 404 it begins anew, as the protocol says; nothing is
/// tried twice. Whatever is no answer and no 404 is a loss.
/// </summary>
internal sealed class StreamingClient(Uri endpoint, string key)
{
    private int _finished;

    /// <summary>Calls that were answered by a result.</summary>
    public int Finished => Volatile.Read(ref _finished);

    /// <summary>Sessions opened.</summary>
    public int Sessions { get; private set; }

    public ConcurrentQueue<string> Lost { get; } = new();

    /// <summary>Works until told otherwise; ends its session.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = new WireClient(endpoint, key, WireClient.Legacy);
            try
            {
                await client.Open();
                Sessions++;
                await Work(client, stop);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Lost.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {Sessions} {failure}");
                await Task.Delay(200, CancellationToken.None);
            }
        }
    }

    private async Task Work(WireClient client, CancellationToken stop)
    {
        await using var news = await client.Listen();
        if (news.Status == HttpStatusCode.NotFound)
        {
            return;
        }

        // Ends with the session, and not before, however long nothing comes.
        var ended = news.First(_ => false, TimeSpan.FromMinutes(5));
        for (var id = 1; !stop.IsCancellationRequested; id++)
        {
            await using var call = await client.Call("slow", id: $"{id}", meta: $"\"progressToken\":{id}");
            if (call.Status == HttpStatusCode.NotFound)
            {
                await Should.ThrowAsync<InvalidOperationException>(() => ended.WaitAsync(TimeSpan.FromSeconds(40), CancellationToken.None));
                return;
            }

            var messages = await call.All();
            if (messages is [.., { IsAnswer: true } answer] && answer.Json["result"] is not null)
            {
                Interlocked.Increment(ref _finished);
            }
            else
            {
                Lost.Enqueue($"{(int)call.Status}, {messages.Count} messages, the last: {messages.LastOrDefault()?.Text}");
            }
        }

        await client.End();
    }
}
