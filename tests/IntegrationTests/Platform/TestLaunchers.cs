namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The operator's file of the platforms under test.</summary>
internal static class TestLaunchers
{
    private static string Supervised => Path.Combine(Repository.Root, "tests/IntegrationTests/Platform/supervised-server.sh");

    public static string Text => $$"""
        launchers:
          everything:
            command: node
            args: ["{{Repository.Clients}}/@modelcontextprotocol/server-everything/dist/index.js", "stdio"]
          conformance:
            command: node
            args: ["{{Repository.Root}}/../shared/conformance/upstream/server.mjs", "--stdio"]
          supervised:
            command: sh
            args: ["{{Supervised}}"]
            variables: [RUN, HABITS, SECRET, STARTS]
          shareable:
            command: sh
            args: ["{{Supervised}}"]
            variables: [RUN, HABITS, SECRET, STARTS]
            shareable: true
        """;
}
