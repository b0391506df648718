using System.Diagnostics;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Finds node, the scripts of these tests, and the shared fixture server.</summary>
internal static class Fixtures
{
    public static ClientIdentity Client { get; } = new("tests", "1.0");

    public static string Root { get; } = FindRoot();

    public static void NeedNode()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "node"))))
        {
            Assert.Skip("node is not on PATH");
        }
    }

    /// <summary>The shared fixture server, or a skipped test.</summary>
    public static string SharedServer()
    {
        NeedNode();
        var shared = Environment.GetEnvironmentVariable("MCPP_SHARED") ?? Path.Combine(Root, "..", "shared");
        var script = Path.GetFullPath(Path.Combine(shared, "conformance", "upstream", "server.mjs"));
        if (!File.Exists(script))
        {
            Assert.Skip("the shared fixture server is not there");
        }

        return script;
    }

    public static StdioOptions Small(params string[] arguments)
    {
        NeedNode();
        return new StdioOptions
        {
            Command = "node",
            Arguments = [Path.Combine(Root, "tests", "UnitTests", "Mcp", "fixtures", "stdio-server.mjs"), .. arguments],
            StopGrace = TimeSpan.FromMilliseconds(500),
        };
    }

    public static UpstreamRequest Call(string tool, string arguments = "{}", string more = "") =>
        new(McpMethods.CallTool, Encoding.UTF8.GetBytes($"{{\"name\":\"{tool}\",\"arguments\":{arguments}{more}}}"));

    public static string Text(UpstreamAnswer answer) => Encoding.UTF8.GetString(answer.Payload.Span);

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !File.Exists($"/proc/{processId}/stat") || !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Polls until true; fails after ten seconds.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"waited in vain: {what}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpPlatform.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
