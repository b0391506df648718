namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A file system of a few megabytes, mounted on a folder.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Whether this user may mount one.</summary>
    public static async Task<bool> IsPossible()
    {
        var probe = Directory.CreateTempSubdirectory("mcpp-disk-").FullName;
        try
        {
            await using (await Mount(probe, 1))
            {
                return true;
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            Directory.Delete(probe);
        }
    }

    public static async Task<SmallDisk> Mount(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        await Shell.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0711", "tmpfs", folder);
        return new SmallDisk(folder);
    }

    /// <summary>Takes all the space that is left.</summary>
    public Task Fill() => Shell.Run("sh", "-c", "cat /dev/zero >\"$1/filler\" 2>/dev/null; test -s \"$1/filler\"", "sh", _folder);

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Path.Combine(_folder, "filler"));

    public async ValueTask DisposeAsync() => await Shell.Run("umount", "--lazy", _folder);
}
