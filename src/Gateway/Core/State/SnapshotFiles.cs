using McpPlatform.Gateway.Storage;

namespace McpPlatform.Gateway.State;

/// <summary>
/// The last good snapshots on disk, byte for byte as they came, so that a gateway that starts while everything else is down goes on. A file's time says when
/// its source last confirmed it.
/// </summary>
public sealed class SnapshotFiles(string folder, TimeProvider time)
{
    public const string Policy = "policy";
    public const string Registry = "registry";

    /// <summary>Keeps a snapshot. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the disk refuses; the old one stays.</summary>
    public void Save(string name, ReadOnlySpan<byte> content)
    {
        PrivateFile.EnsureFolder(folder);
        PrivateFile.Replace(PathOf(name), content);
        Confirm(name);
    }

    /// <summary>The kept snapshot and its age, or null when there is none.</summary>
    public (byte[] Content, TimeSpan Age)? Load(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
        {
            return null;
        }

        var age = time.GetUtcNow() - File.GetLastWriteTimeUtc(path);
        return (File.ReadAllBytes(path), age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    /// <summary>Its source says that it is still the newest.</summary>
    public void Confirm(string name) => File.SetLastWriteTimeUtc(PathOf(name), time.GetUtcNow().UtcDateTime);

    private string PathOf(string name) => Path.Combine(folder, name + ".json");
}
