using System.Runtime.CompilerServices;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// How the .NET processes that tests start are compiled: a platform of the tests lives for a minute or two, in which code that is compiled again for speed does not pay. With these, start and stop
/// of the five services take a third less of the machine. Nothing that the platform does depends on them; whoever sets one in the environment has his way.
/// </summary>
internal static class ProcessRuntime
{
    // Inherited by all that is started from here. Numbers are hexadecimal.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_TC_CallCountThreshold", "200"),
    ];

    [ModuleInitializer]
    internal static void Set()
    {
        foreach (var (name, value) in Settings.Where(s => Environment.GetEnvironmentVariable(s.Name) is null))
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
