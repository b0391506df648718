using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>One message at a <see cref="WireUpstream"/>, and the ways to answer it.</summary>
internal sealed class WireCall
{
    private readonly JsonElement _message;
    private int _questions;

    public WireCall(string body, HttpContext http, bool isModern)
    {
        (Body, Http, IsModern, Stream) = (body, http, isModern, new WireStream());
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        _message = document.RootElement.Clone();
        Headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>As it came.</summary>
    public string Body { get; }

    public HttpContext Http { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public WireSession? Session { get; set; }

    /// <summary>The response as events; nothing is sent on it before it is used.</summary>
    public WireStream Stream { get; }

    /// <summary>Ends when the client cancels: by the connection in the modern era, by its notification in the legacy one.</summary>
    public CancellationToken Gone { get; set; }

    /// <summary>Ends when the handler saw <see cref="Gone"/>.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method => _message.TryGetProperty("method", out var method) ? method.GetString()! : "";

    /// <summary>Raw; empty when there is none.</summary>
    public string Id => _message.TryGetProperty("id", out var id) ? id.GetRawText() : "";

    /// <summary>Raw parameters; empty when there are none.</summary>
    public string Params => _message.TryGetProperty("params", out var parameters) ? parameters.GetRawText() : "";

    public bool IsModern { get; }

    public JsonElement Message => _message;

    /// <summary>Whether it brings answers to the questions of an earlier round (modern).</summary>
    public bool IsRetry => Param("inputResponses") is not null;

    public JsonElement? Param(string name) => _message.TryGetProperty("params", out var parameters) && parameters.TryGetProperty(name, out var value) ? value : null;

    public JsonElement? Argument(string name) => Param("arguments") is { } arguments && arguments.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Raw; empty when there is none.</summary>
    public string Raw(string param) => Param(param)?.GetRawText() ?? "";

    /// <summary>A member of <c>_meta</c>, raw; empty when there is none.</summary>
    public string Meta(string name) => Param("_meta") is { } meta && meta.TryGetProperty(name, out var value) ? value.GetRawText() : "";

    public Task Notify(string method, string parameters) => Use().Notify(method, parameters);

    /// <summary>Anything, down the response.</summary>
    public Task Send(string message) => Use().Send(message);

    /// <summary>Only when the client asked for it.</summary>
    public Task Progress(int progress, string more = "") =>
        Meta("progressToken") is { Length: > 0 } token ? Notify("notifications/progress", $$"""{"progressToken":{{token}},"progress":{{progress}}{{more}}}""") : Task.CompletedTask;

    /// <summary>As a server does: only what the client wants, by its level.</summary>
    public Task Log(string level, string data)
    {
        string[] levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
        var wanted = IsModern ? Meta("io.modelcontextprotocol/logLevel").Trim('"') : Session!.Level ?? "debug";
        return wanted.Length > 0 && Array.IndexOf(levels, level) >= Array.IndexOf(levels, wanted)
            ? Notify("notifications/message", $$"""{"level":"{{level}}","logger":"wire","data":{{data}}}""")
            : Task.CompletedTask;
    }

    /// <summary>Asks the client, in the way of the era, and returns its raw answer.</summary>
    public async Task<string> Ask(string key, string method, string parameters)
    {
        if (!IsModern)
        {
            return await Session!.Ask(Use(), $"\"s{Interlocked.Increment(ref _questions)}-{Id.Trim('"')}\"", method, parameters, Gone);
        }

        return Param("inputResponses") is { } responses && responses.TryGetProperty(key, out var response)
            ? response.GetRawText()
            : throw new WireInputRequired($$$"""{"resultType":"input_required","inputRequests":{"{{{key}}}":{"method":"{{{method}}}","params":{{{parameters}}}}},"requestState":"state-{{{key}}}"}""");
    }

    /// <summary>Waits until the client cancels.</summary>
    public async Task<string> Hang()
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, Gone);
        return "{}";
    }

    public Task Result(string result)
    {
        var typed = IsModern && !result.Contains("\"resultType\"", StringComparison.Ordinal) ? $"{{\"resultType\":\"complete\"{(result == "{}" ? "" : ",")}{result[1..]}" : result;
        return Answer($$"""{"jsonrpc":"2.0","id":{{Id}},"result":{{typed}}}""", 200);
    }

    public Task Error(int code, string message, string? data = null, int status = 200) => Answer(
        $$$"""{"jsonrpc":"2.0","id":{{{(Id.Length > 0 ? Id : "null")}}},"error":{"code":{{{code}}},"message":"{{{message}}}"{{{(data is null ? "" : $",\"data\":{data}")}}}}}""", status);

    /// <summary>What a header says, its Base64 form undone.</summary>
    public static string Decoded(string value) =>
        value.StartsWith("=?base64?", StringComparison.Ordinal) && value.EndsWith("?=", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Convert.FromBase64String(value[9..^2])) : value;

    private WireStream Use()
    {
        Stream.Begin(Http);
        return Stream;
    }

    private async Task Answer(string message, int status)
    {
        if (Stream.IsOpen)
        {
            await Stream.Send(message);
            await Stream.End();
            return;
        }

        (Http.Response.StatusCode, Http.Response.ContentType) = (status, "application/json");
        await Http.Response.WriteAsync(message);
    }
}

/// <summary>Events of a response.</summary>
internal sealed class WireStream
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Lock _gate = new();
    private Task? _serving;

    public bool IsOpen => _serving is not null;

    /// <summary>What the reader has not taken yet.</summary>
    public int Waiting => _events.Reader.Count;

    /// <summary>Whether somebody reads it now.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Ends it, whoever reads.</summary>
    public void Close() => _events.Writer.TryComplete();

    /// <summary>Turns a response into a stream, once.</summary>
    public void Begin(HttpContext http)
    {
        lock (_gate)
        {
            _serving ??= Serve(http, CancellationToken.None);
        }
    }

    public Task Notify(string method, string parameters) => Send($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}""");

    public Task Send(string message)
    {
        _events.Writer.TryWrite($"data: {message}\n\n");
        return Task.CompletedTask;
    }

    public async Task End()
    {
        _events.Writer.TryComplete();
        await _serving!;
    }

    /// <summary>Writes what is sent until the end, or until the reader goes.</summary>
    public async Task Serve(HttpContext http, CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, http.RequestAborted);
        http.Response.ContentType = "text/event-stream";
        try
        {
            await http.Response.Body.FlushAsync(either.Token);
            IsRead = true;
            while (await _events.Reader.WaitToReadAsync(either.Token))
            {
                while (_events.Reader.TryRead(out var text))
                {
                    await http.Response.WriteAsync(text, either.Token);
                }

                await http.Response.Body.FlushAsync(either.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // Gone.
        }
        finally
        {
            IsRead = false;
        }
    }
}

/// <summary>A session at a legacy <see cref="WireUpstream"/>.</summary>
internal sealed class WireSession(string capabilities)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _asked = new();

    public string Id { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Raw, as the client declared them.</summary>
    public string Capabilities => capabilities;

    public string? Level { get; set; }

    public ConcurrentDictionary<string, bool> Subscribed { get; } = new();

    /// <summary>The stream that GET reads.</summary>
    public WireStream Standalone { get; } = new();

    /// <summary>Requests under way, by raw id.</summary>
    public ConcurrentDictionary<string, CancellationTokenSource> Running { get; } = new();

    /// <summary>Ids (raw) that the client cancelled.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    public async Task<string> Ask(WireStream stream, string id, string method, string parameters, CancellationToken gone)
    {
        var answer = _asked[id] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await stream.Send($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        return await answer.Task.WaitAsync(gone);
    }

    /// <summary>A notification, or the answer to a question.</summary>
    public void Take(WireCall message)
    {
        if (message.Method == "notifications/cancelled")
        {
            Cancelled.Enqueue(message.Raw("requestId"));
            if (Running.TryGetValue(message.Raw("requestId"), out var running))
            {
                running.Cancel();
            }
        }
        else if (message.Method.Length == 0 && _asked.TryRemove(message.Id, out var asked))
        {
            asked.TrySetResult(message.Message.TryGetProperty("result", out var result) ? result.GetRawText() : message.Message.GetProperty("error").GetRawText());
        }
    }
}

/// <summary>A modern server's way to ask: by its result.</summary>
internal sealed class WireInputRequired(string result) : Exception(result);

/// <summary>A JSON-RPC error as the answer.</summary>
internal sealed class WireRefusal(int code, string message, string? data = null, int status = 200) : Exception(message)
{
    public int Code => code;

    public string? ErrorData => data;

    public int Status => status;
}
