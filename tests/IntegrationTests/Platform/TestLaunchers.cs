namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The operator's file of the platforms under test.</summary>
internal static class TestLaunchers
{
    public static string Text => $$"""
        launchers:
          everything:
            command: node
            args: ["{{Repository.Clients}}/@modelcontextprotocol/server-everything/dist/index.js", "stdio"]
        """;
}
