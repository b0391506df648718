using System.Text.Json;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The operator's file of the platforms under test.</summary>
internal static class TestLaunchers
{
    /// <summary>Third-party servers, as a test starts them itself.</summary>
    public static IReadOnlyDictionary<string, (string Program, string[] Arguments)> RealServers { get; } = new Dictionary<string, (string, string[])>
    {
        ["everything"] = ("node", [$"{Repository.Clients}/@modelcontextprotocol/server-everything/dist/index.js", "stdio"]),
        ["filesystem"] = ("sh", ["-c", $"exec node {Repository.Clients}/@modelcontextprotocol/server-filesystem/dist/index.js \"$FOLDER\""]),
        ["memory"] = ("node", [$"{Repository.Clients}/@modelcontextprotocol/server-memory/dist/index.js"]),
        ["thinking"] = ("node", [$"{Repository.Clients}/@modelcontextprotocol/server-sequential-thinking/dist/index.js"]),
        ["mongodb"] = ("env", ["MDB_MCP_TELEMETRY=disabled", "node", $"{Repository.ModernServers}/.bin/mongodb-mcp-server"]),
        ["context7"] = ("node", [$"{Repository.ModernServers}/.bin/context7-mcp"]),
    };

    private static string Supervised => Path.Combine(Repository.Root, "tests/IntegrationTests/Platform/supervised-server.sh");

    public static string Text => $$"""
        launchers:
          conformance:
            command: node
            args: ["{{Repository.Root}}/../shared/conformance/upstream/server.mjs", "--stdio"]
          conformance-legacy:
            command: node
            args: ["{{Repository.Root}}/../shared/conformance/upstream/server.mjs", "--stdio", "--era", "legacy"]
          supervised:
            command: sh
            args: ["{{Supervised}}"]
            variables: [RUN, HABITS, SECRET, STARTS]
          shareable:
            command: sh
            args: ["{{Supervised}}"]
            variables: [RUN, HABITS, SECRET, STARTS]
            shareable: true
        {{string.Concat(RealServers.Select(server => $"""
              {server.Key}:
                command: {server.Value.Program}
                args: {JsonSerializer.Serialize(server.Value.Arguments)}
                variables: [FOLDER, MEMORY_FILE_PATH]

            """))}}
        """;
}
