using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Wire;

/// <summary>
/// A client's conversation with a server, through no SDK: it keeps what it heard and was asked, in order, and answers as <see cref="Answer"/> says. The same steps held with a server
/// directly and through the gateway must leave the same.
/// </summary>
internal abstract class Conversation(JsonObject capabilities, string version) : IAsyncDisposable
{
    public const string Modern = "2026-07-28";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = new();
    private int _id;

    /// <summary>Notifications, as they came.</summary>
    public ConcurrentQueue<JsonObject> Heard { get; } = new();

    /// <summary>What the server wanted to know: method and parameters.</summary>
    public ConcurrentQueue<JsonObject> Asked { get; } = new();

    public JsonObject Capabilities { get; } = capabilities;

    public string Version { get; } = version;

    public bool IsModern => Version == Modern;

    /// <summary>Everything that could go wrong on the way is told with it.</summary>
    protected abstract string Where { get; }

    /// <summary>Result of a request, or its error: <c>{"result":…}</c> or <c>{"error":…}</c>. A modern server's questions are answered, and the request sent again.</summary>
    public async Task<JsonObject> Request(string method, JsonObject? parameters = null)
    {
        parameters = parameters?.DeepClone().AsObject() ?? [];
        for (var round = 0; round < 5; round++)
        {
            var answer = await Once(method, parameters.DeepClone().AsObject());
            if (!IsModern || answer["result"]?["resultType"]?.GetValue<string>() != "input_required")
            {
                return answer;
            }

            var responses = new JsonObject();
            foreach (var (key, question) in answer["result"]!["inputRequests"]?.AsObject() ?? [])
            {
                responses[key] = Reply(question!.AsObject());
            }

            parameters["inputResponses"] = responses;
            if (answer["result"]!["requestState"] is { } state)
            {
                parameters["requestState"] = state.DeepClone();
            }
        }

        throw new InvalidOperationException($"{method} asks again and again.");
    }

    /// <summary>A request's result; an error fails the test.</summary>
    public async Task<JsonObject> Result(string method, JsonObject? parameters = null)
    {
        var answer = await Request(method, parameters);
        return answer["result"]?.AsObject() ?? throw new InvalidOperationException($"{method}: {answer.ToJsonString()} {Where}");
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonObject>> List(string method, string member)
    {
        var items = new List<JsonObject>();
        JsonNode? cursor = null;
        do
        {
            var page = await Result(method, cursor is null ? null : new JsonObject { ["cursor"] = cursor.DeepClone() });
            items.AddRange(page[member]!.AsArray().Select(item => item!.AsObject()));
            cursor = page["nextCursor"];
        }
        while (cursor is not null);
        return items;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Meets the server; in the legacy era.</summary>
    protected async Task<JsonObject> Initialize()
    {
        var answer = await Once("initialize", new JsonObject
        {
            ["protocolVersion"] = Version,
            ["capabilities"] = Capabilities.DeepClone(),
            ["clientInfo"] = new JsonObject { ["name"] = "wire", ["version"] = "1" },
        });
        await Transmit(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return answer;
    }

    /// <summary>Sends one message. What comes goes to <see cref="Receive"/>.</summary>
    protected abstract Task Transmit(JsonObject message);

    protected void Receive(JsonObject message)
    {
        if (message["method"] is null)
        {
            if (message["id"] is { } id && _pending.TryRemove(id.GetValue<int>(), out var waiting))
            {
                message.Remove("jsonrpc");
                message.Remove("id");
                waiting.TrySetResult(message);
            }
        }
        else if (message["id"] is { } question)
        {
            var reply = Reply(message);
            _ = Transmit(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = question.DeepClone(), ["result"] = reply });
        }
        else
        {
            Heard.Enqueue(message);
        }
    }

    private async Task<JsonObject> Once(string method, JsonObject parameters)
    {
        if (IsModern)
        {
            var meta = parameters["_meta"]?.AsObject() ?? [];
            meta["io.modelcontextprotocol/protocolVersion"] = Version;
            meta["io.modelcontextprotocol/clientCapabilities"] = Capabilities.DeepClone();
            meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "wire", ["version"] = "1" };
            parameters["_meta"] = meta;
        }

        var id = Interlocked.Increment(ref _id);
        var waiting = _pending[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await Transmit(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
            return await waiting.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No answer to {method} within {Patience.TotalSeconds} s. {Where}");
        }
    }

    /// <summary>The same answers for everybody who asks the same.</summary>
    private JsonObject Reply(JsonObject question)
    {
        var method = question["method"]!.GetValue<string>();
        Asked.Enqueue(new JsonObject { ["method"] = method, ["params"] = question["params"]?.DeepClone() });
        return method switch
        {
            "elicitation/create" when question["params"]!["mode"]?.GetValue<string>() == "url" => new JsonObject { ["action"] = "accept" },
            "elicitation/create" => new JsonObject { ["action"] = "accept", ["content"] = new JsonObject { ["name"] = "Ada", ["check"] = true, ["integer"] = 7 } },
            "sampling/createMessage" => new JsonObject
            {
                ["role"] = "assistant",
                ["model"] = "test-model",
                ["stopReason"] = "endTurn",
                ["content"] = new JsonObject { ["type"] = "text", ["text"] = "sampled" },
            },
            "roots/list" => new JsonObject { ["roots"] = new JsonArray(new JsonObject { ["uri"] = "file:///tmp/project", ["name"] = "project" }) },
            _ => [],
        };
    }
}
