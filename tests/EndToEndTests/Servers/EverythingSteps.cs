using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>What the reference server is asked: every kind of content, progress, errors, prompts, resources, completion, and questions to the client.</summary>
internal static class EverythingSteps
{
    public static IReadOnlyList<Step> Of(bool mayAsk) => mayAsk ? [.. Plain, .. Asking] : Plain;

    private static Step[] Plain =>
    [
        Step.Call("echo", new() { ["message"] = "hello ü \u2028 9007199254740993" }),
        Step.Call("get-sum", new() { ["a"] = 2, ["b"] = 3.5 }),
        Step.Call("get-annotated-message", new() { ["messageType"] = "error", ["includeImage"] = true }),
        Step.Call("get-tiny-image"),
        Step.Call("get-resource-links", new() { ["count"] = 4 }),
        Step.Call("get-resource-reference", new() { ["resourceType"] = "Blob", ["resourceId"] = 3 }),
        Step.Call("get-structured-content", new() { ["location"] = "Chicago" }),
        Step.Call("trigger-long-running-operation", new() { ["duration"] = 0.5, ["steps"] = 5 }, progressToken: "count"),
        Step.Call("trigger-long-running-operation", new() { ["duration"] = 0.2, ["steps"] = 2 }, progressToken: 42),
        Step.Call("get-sum", new() { ["a"] = "two" }),
        Step.Read("demo://resource/static/document/features.md"),
        Step.Read("demo://resource/dynamic/text/7"),
        Step.Read("demo://resource/dynamic/blob/8"),
        Step.Read("demo://resource/no/such"),
        Step.Get("simple-prompt"),
        Step.Get("args-prompt", new() { ["city"] = "Oslo" }),
        Step.Get("resource-prompt", new() { ["resourceType"] = "Text", ["resourceId"] = "5" }),
        Step.Get("args-prompt"),
        Step.Complete(new() { ["type"] = "ref/prompt", ["name"] = "completable-prompt" }, "department", "E"),
        Step.Complete(new() { ["type"] = "ref/prompt", ["name"] = "completable-prompt" }, "name", "", new() { ["department"] = "Engineering" }),
        Step.Complete(new() { ["type"] = "ref/resource", ["uri"] = "demo://resource/dynamic/text/{resourceId}" }, "resourceId", "3"),
    ];

    private static Step[] Asking =>
    [
        Step.Call("gzip-file-as-resource", new() { ["name"] = "x.gz", ["data"] = "data:text/plain,hello", ["outputType"] = "resource" }),
        Step.Call("trigger-sampling-request", new() { ["prompt"] = "say something", ["maxTokens"] = 10 }),
        Step.Call("trigger-elicitation-request"),
        Step.Call("trigger-url-elicitation", new() { ["url"] = "https://example.com/consent", ["elicitationId"] = "one" }),
        Step.Call("trigger-url-elicitation", new() { ["url"] = "https://example.com/consent", ["elicitationId"] = "two", ["errorPath"] = true }),
        Step.Call("get-roots-list") with { AsksBeside = true },
    ];
}
