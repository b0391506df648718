using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>What the other servers are asked. Only what comes out the same twice.</summary>
internal static class OtherSteps
{
    public static IReadOnlyList<Step> Memory { get; } =
    [
        Step.Call("create_entities", new() { ["entities"] = new JsonArray(new JsonObject { ["name"] = "Ada", ["entityType"] = "person", ["observations"] = new JsonArray("counts") }) }),
        Step.Call("add_observations", new() { ["observations"] = new JsonArray(new JsonObject { ["entityName"] = "Ada", ["contents"] = new JsonArray("writes") }) }),
        Step.Call("search_nodes", new() { ["query"] = "ada" }),
        Step.Call("read_graph"),
        Step.Read("memory://knowledge-graph"),
        Step.Call("delete_entities", new() { ["entityNames"] = new JsonArray("Ada") }),
        Step.Call("add_observations", new() { ["observations"] = new JsonArray(new JsonObject { ["entityName"] = "Nobody", ["contents"] = new JsonArray("x") }) }),
    ];

    public static IReadOnlyList<Step> Thinking { get; } =
    [
        Step.Call("sequentialthinking", new() { ["thought"] = "first", ["nextThoughtNeeded"] = false, ["thoughtNumber"] = 1, ["totalThoughts"] = 1 }),
        Step.Call("sequentialthinking", new() { ["thought"] = "without a number" }),
    ];

    /// <summary>Without a database there is little that it can answer.</summary>
    public static IReadOnlyList<Step> Mongo { get; } =
    [
        Step.Call("list-databases"),
        Step.Read("config://config"),
    ];

    public static IReadOnlyList<Step> Filesystem(string folder) =>
    [
        Step.Call("list_allowed_directories"),
        Step.Call("list_directory", new() { ["path"] = folder }),
        Step.Call("directory_tree", new() { ["path"] = folder }),
        Step.Call("read_text_file", new() { ["path"] = Path.Combine(folder, "hello.txt"), ["head"] = 1 }),
        Step.Call("read_media_file", new() { ["path"] = Path.Combine(folder, "dot.png") }),
        Step.Call("search_files", new() { ["path"] = folder, ["pattern"] = "*.txt" }),
        Step.Call("write_file", new() { ["path"] = Path.Combine(folder, "below", "new.txt"), ["content"] = "written" }),
        Step.Call("edit_file", new() { ["path"] = Path.Combine(folder, "below", "new.txt"), ["edits"] = new JsonArray(new JsonObject { ["oldText"] = "written", ["newText"] = "edited" }), ["dryRun"] = true }),
        Step.Call("read_text_file", new() { ["path"] = "/etc/passwd" }),
        Step.Call("read_text_file", new() { ["path"] = Path.Combine(folder, "absent.txt") }),
    ];
}
