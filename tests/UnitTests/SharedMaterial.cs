using Xunit;

namespace McpPlatform.UnitTests;

/// <summary>Finds the material that is shared between repositories: <c>../shared</c> beside this one, or the folder that <c>MCPP_SHARED</c> names.</summary>
internal static class SharedMaterial
{
    /// <summary>The path of a shared file; skips the running test, with the reason, when it is not there.</summary>
    public static string File(string relativePath)
    {
        var path = Path.Combine(Root(), relativePath);
        Assert.SkipUnless(System.IO.File.Exists(path), $"shared material '{relativePath}' is not on this machine (MCPP_SHARED names its folder)");
        return path;
    }

    /// <summary>The path of a shared folder; skips like <see cref="File"/>.</summary>
    public static string Folder(string relativePath)
    {
        var path = Path.Combine(Root(), relativePath);
        Assert.SkipUnless(Directory.Exists(path), $"shared material '{relativePath}' is not on this machine (MCPP_SHARED names its folder)");
        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("MCPP_SHARED") is { Length: > 0 } named)
        {
            return named;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "McpPlatform.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null ? "shared" : Path.Combine(folder.FullName, "..", "shared");
    }
}
