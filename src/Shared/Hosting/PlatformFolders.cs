using Microsoft.Extensions.Configuration;

namespace McpPlatform.Hosting;

/// <summary>Where a process keeps its files: <c>MCPP_DATA</c>, default <c>./data</c>. Created with access for its user only.</summary>
public sealed class PlatformFolders(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Keys; back it up apart from the database.</summary>
    public string Keys => Of("keys");

    /// <summary>A folder of one module.</summary>
    public string Of(string module) => MakePrivate(Path.Combine(Root, module));

    internal static PlatformFolders From(IConfiguration configuration) => new(configuration["MCPP_DATA"] is { Length: > 0 } data ? data : "data");

    /// <summary>Writes a file that only this user may read, whole or not at all.</summary>
    /// <param name="keepExisting">Leaves a file alone that exists already, perhaps since a moment ago by another process that shares the folder: read it afterwards.</param>
    public static void WriteSecret(string path, string text, bool keepExisting = false)
    {
        var temporary = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: !keepExisting);
        }
        catch (IOException) when (keepExisting && File.Exists(path))
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes a folder that only this user may enter, with those above it, unless it exists. Returns its absolute path.</summary>
    public static string MakePrivate(string path)
    {
        path = Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
