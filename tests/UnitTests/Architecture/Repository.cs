namespace McpPlatform.UnitTests.Architecture;

/// <summary>The files of this repository as the build saw them: no build output, no installed packages, no data.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "data", "TestResults", ".git"];

    /// <summary>The folder of McpPlatform.sln, found upwards from the test executable.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All files under the given top-level folders (all of them when none is named) whose name ends in <paramref name="suffix"/>.</summary>
    public static IReadOnlyList<SourceFile> Files(string suffix, params string[] folders)
    {
        var starts = folders.Length == 0 ? [Root] : folders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists);
        return [.. starts.SelectMany(s => Walk(s, suffix)).Select(f => new SourceFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText(f)))];
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder, string suffix) =>
        Directory.EnumerateFiles(folder, "*" + suffix).Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(d => !Skipped.Contains(Path.GetFileName(d)) && !File.GetAttributes(d).HasFlag(FileAttributes.ReparsePoint))
                .Order(StringComparer.Ordinal)
                .SelectMany(d => Walk(d, suffix)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpPlatform.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("McpPlatform.sln is in no folder above the test executable.");
    }
}
