using System.Collections.Concurrent;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>The tools, prompts and resources that both servers have.</summary>
internal static class WireTools
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    public static void Add(WireUpstream upstream, string slug)
    {
        upstream.Tool("raw", call => Task.FromResult(call.Argument("back")?.GetRawText() ?? $$$"""{"content":[],"structuredContent":{"params":{{{call.Params}}}}}"""));
        upstream.Tool("work", Work);
        upstream.Tool("several", Several);
        upstream.Tool("rounds", Rounds);
        upstream.Tool("count", Count);
        upstream.Tool("hang", Hang);
        upstream.Tool("gate", Gate);
        if (!upstream.IsModern)
        {
            upstream.Tool("takes-back", TakesBack);
        }

        upstream.Tool("levels", Levels);
        upstream.Tool("tell", Tell);
        upstream.Tool("app", _ => Task.FromResult(Text("shown")), more: ",\"_meta\":{\"ui\":{\"resourceUri\":\"ui://app/main\",\"n\":0.10}}");
        upstream.Tool("task", _ => Task.FromResult("""{"resultType":"task","taskId":"t-1","status":"working","n":0.10,"ttlMs":1000}"""));
        upstream.Tool("needs-sampling", _ => throw new WireRefusal(-32021, "Missing required client capability", """{"requiredCapabilities":{"sampling":{}}}""", 400));
        foreach (var method in upstream.IsModern ? (string[])["tasks/get", "tasks/update", "tasks/cancel"] : [])
        {
            upstream.Handlers[method] = call => Task.FromResult($$"""{"taskId":{{call.Raw("taskId")}},"did":"{{method}}"}""");
        }

        upstream.Tool("unknown-method", _ => throw new WireRefusal(-32601, "Method not found"));
        upstream.Tool("refuse", call => throw new WireRefusal(-31337, "refused", call.Argument("data")!.Value.GetRawText()));
        upstream.Tool(
            "mirrored",
            call => Task.FromResult(Text("mirrored")),
            schema: """{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"size":{"type":"integer","x-mcp-header":"Size"},"fast":{"type":"boolean","x-mcp-header":"Fast"}}}""");
        upstream.Lists["prompts"]["greet"] = """{"name":"greet","arguments":[{"name":"who","required":true}]}""";
        upstream.Lists["prompts"]["secret"] = """{"name":"secret"}""";
        upstream.Handlers["prompts/get"] = call => Task.FromResult($$$"""{"messages":[{"role":"user","content":{"type":"text","text":"Hello {{{call.Argument("who")}}}"}}]}""");
        upstream.Lists["resources"]["one"] = """{"uri":"test://one","name":"one","mimeType":"text/plain"}""";
        upstream.Lists["resources"]["watched"] = $$"""{"uri":"test://{{slug}}/watched","name":"watched"}""";
        upstream.Lists["resources"]["other"] = $$"""{"uri":"test://{{slug}}/other","name":"other"}""";
        upstream.Lists["resources"]["secret"] = """{"uri":"test://secret","name":"secret"}""";
        upstream.Lists["resources"]["app"] = """{"uri":"ui://app/main","name":"app","mimeType":"text/html;profile=mcp-app","_meta":{"ui":{"prefersBorder":true}}}""";
        upstream.Lists["resourceTemplates"]["item"] = """{"uriTemplate":"test://items/{id}","name":"item"}""";
        upstream.Handlers["resources/read"] = Read;
        upstream.Handlers["completion/complete"] = call => Task.FromResult($$$"""{"completion":{"values":["{{{call.Param("argument")?.GetProperty("value").GetString()}}}-done"],"total":1,"hasMore":false}}""");
    }

    public static string Text(string text) => $$"""{"content":[{"type":"text","text":"{{text}}"}]}""";

    /// <summary>Progress and a log, then the question in <c>ask</c> (method) with <c>with</c> (params), then progress, then the answer as it came.</summary>
    private static async Task<string> Work(WireCall call)
    {
        if (!call.IsRetry)
        {
            await call.Progress(1);
            await call.Log("info", "\"begun\"");
        }

        var answer = await call.Ask("q", call.Argument("ask")!.Value.GetString()!, call.Argument("with")!.Value.GetRawText());
        await call.Progress(2);
        return $$$"""{"content":[],"structuredContent":{"answer":{{{answer}}},"state":{{{(call.Raw("requestState") is { Length: > 0 } state ? state : "null")}}}}}""";
    }

    /// <summary>Three questions at once, each of another kind; the answers as they came.</summary>
    private static async Task<string> Several(WireCall call)
    {
        (string Key, string Method)[] questions = [("a", "elicitation/create"), ("b", "sampling/createMessage"), ("c", "roots/list")];
        if (call.IsModern && questions.Any(q => Given(call, q.Key) is null))
        {
            throw new WireInputRequired($$"""{"resultType":"input_required","inputRequests":{{{string.Join(',', questions.Select(q => $"\"{q.Key}\":{{\"method\":\"{q.Method}\",\"params\":{{\"n\":\"{q.Key}\"}}}}"))}}},"requestState":"several"}""");
        }

        var answers = call.IsModern
            ? questions.Select(q => Given(call, q.Key)!)
            : await Task.WhenAll(questions.Select(q => call.Ask(q.Key, q.Method, $$"""{"n":"{{q.Key}}"}""")));
        return $$$"""{"content":[],"structuredContent":{"answers":[{{{string.Join(',', answers)}}}]}}""";
    }

    private static string? Given(WireCall call, string key) => call.Param("inputResponses") is { } given && given.TryGetProperty(key, out var answer) ? answer.GetRawText() : null;

    /// <summary>Three questions, each after the answer to the one before; all answers.</summary>
    private static async Task<string> Rounds(WireCall call)
    {
        if (!call.IsModern)
        {
            List<string> all = [];
            for (var round = 1; round <= 3; round++)
            {
                all.Add(await call.Ask("q", "elicitation/create", $$"""{"message":"{{round}}"}"""));
                await call.Progress(round);
            }

            return $$$"""{"content":[],"structuredContent":{"answers":[{{{string.Join(',', all)}}}]}}""";
        }

        // What was answered so far travels in the state.
        var known = call.Param("requestState")?.GetString() is { Length: > 0 } state ? state.Split('|').ToList() : [];
        known.AddRange(Given(call, "q") is { } given ? [given] : []);
        return known.Count == 3
            ? $$$"""{"content":[],"structuredContent":{"answers":[{{{string.Join(',', known)}}}]}}"""
            : $$$$"""{"resultType":"input_required","inputRequests":{"q":{"method":"elicitation/create","params":{"message":"{{{{known.Count + 1}}}}"}}}{{{{(known.Count == 0 ? "" : $",\"requestState\":{System.Text.Json.JsonSerializer.Serialize(string.Join('|', known))}")}}}}}""";
    }

    /// <summary><c>n</c> messages of progress without a pause, then the tag it was called with.</summary>
    private static async Task<string> Count(WireCall call)
    {
        for (var i = 1; i <= call.Argument("n")!.Value.GetInt32(); i++)
        {
            await call.Progress(i, $$""","total":{{call.Argument("n")}},"message":{{call.Argument("tag")!.Value.GetRawText()}}""");
        }

        return $$$"""{"content":[],"structuredContent":{"tag":{{{call.Argument("tag")!.Value.GetRawText()}}}}}""";
    }

    /// <summary>Lets a call of <c>gate</c> go on.</summary>
    public static void Open(string key) => GateOf(key).TrySetResult();

    /// <summary>Asks, and takes the question back.</summary>
    private static async Task<string> TakesBack(WireCall call)
    {
        await call.Progress(1);
        await call.Send("""{"jsonrpc":"2.0","id":"back","method":"elicitation/create","params":{"message":"who?"}}""");
        await Task.Delay(TimeSpan.FromMilliseconds(50), call.Gone);
        await call.Notify("notifications/cancelled", """{"requestId":"back"}""");
        await Task.Delay(TimeSpan.FromMilliseconds(50), call.Gone);
        return Text("never mind");
    }

    private static TaskCompletionSource GateOf(string key) => Gates.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>One message of progress, four more once its gate (<c>key</c>) is open, and its key.</summary>
    private static async Task<string> Gate(WireCall call)
    {
        var key = call.Argument("key")!.Value.GetString()!;
        await call.Progress(1);
        await GateOf(key).Task.WaitAsync(call.Gone);
        for (var i = 2; i <= 5; i++)
        {
            await call.Progress(i);
        }

        return Text(key);
    }

    /// <summary>Says that it began, and works until it is cancelled.</summary>
    private static async Task<string> Hang(WireCall call)
    {
        await call.Progress(1);
        return await call.Hang();
    }

    private static async Task<string> Levels(WireCall call)
    {
        foreach (var level in (string[])["debug", "info", "notice", "warning", "error"])
        {
            await call.Log(level, $"\"{level}\"");
        }

        return Text("said");
    }

    private static async Task<string> Tell(WireCall call)
    {
        var data = call.Argument("data")!.Value.GetRawText();
        await call.Log("info", data);
        await call.Progress(1, $",\"x-unknown\":{data}");
        return Text("told");
    }

    private static Task<string> Read(WireCall call)
    {
        var uri = call.Param("uri")!.Value.GetString()!;
        var cache = call.IsModern ? ",\"ttlMs\":5000,\"cacheScope\":\"private\"" : "";
        return uri.Contains("missing", StringComparison.Ordinal)
            ? throw new WireRefusal(call.IsModern ? -32602 : -32002, "Resource not found", $$"""{"uri":"{{uri}}"}""")
            : Task.FromResult($$$$$"""{"contents":[{"uri":"{{{{{uri}}}}}","text":"content of {{{{{uri}}}}}","_meta":{"ui":{"csp":{}}}}]{{{{{cache}}}}}}""");
    }
}
