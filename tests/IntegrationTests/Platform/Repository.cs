namespace McpPlatform.IntegrationTests.Platform;

/// <summary>Finds what the tests run, from wherever the test program lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Standalone { get; } = Path.Combine(Root, "src/Standalone/bin", Configuration, "net10.0/McpPlatform.Standalone.dll");

    public static string Mcpp { get; } = Path.Combine(Root, "src/Cli/bin", Configuration, "net10.0/mcpp.dll");

    /// <summary>Programs that <c>npm ci</c> put beside the tests.</summary>
    public static string Clients { get; } = Path.Combine(Root, "tests/clients/node_modules");

    /// <summary>Servers of the modern era, which are large.</summary>
    public static string ModernServers { get; } = Path.Combine(Root, "tests/clients/modern/node_modules");

    public static string Configuration =>
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "McpPlatform.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository: no McpPlatform.sln above them.");
    }
}
