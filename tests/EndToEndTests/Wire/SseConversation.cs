using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Wire;

/// <summary>Over the two endpoints of 2024-11-05: everything comes on one stream.</summary>
internal sealed class SseConversation(Uri endpoint, JsonObject capabilities) : Conversation(capabilities, "2025-11-25")
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TaskCompletionSource<Uri> _post = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override string Where => $"At {endpoint}";

    public static async Task<SseConversation> Start(Uri endpoint, JsonObject capabilities)
    {
        var conversation = new SseConversation(endpoint, capabilities);
        _ = Task.Run(conversation.Read);
        await conversation.Initialize();
        return conversation;
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task Transmit(JsonObject message)
    {
        var to = await _post.Task.WaitAsync(TimeSpan.FromSeconds(10));
        using var response = await _http.PostAsync(to, new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();
    }

    private async Task Read()
    {
        try
        {
            using var reader = new StreamReader(await _http.GetStreamAsync(endpoint));
            while (await reader.ReadLineAsync() is { } line)
            {
                if (!line.StartsWith("data:", StringComparison.Ordinal))
                {
                    continue;
                }

                var data = line["data:".Length..].Trim();
                if (!_post.TrySetResult(new Uri(endpoint, data.StartsWith('{') ? "/" : data)))
                {
                    Receive(JsonNode.Parse(data)!.AsObject());
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            _post.TrySetException(exception);
        }
    }
}
