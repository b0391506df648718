using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Storage;

namespace McpPlatform.Gateway.Spool;

/// <summary>The files of a spool: numbered segments, the id of the spool, and a lock that keeps a second process out.</summary>
internal sealed class SpoolFolder : IDisposable
{
    private const string Extension = ".segment";

    private readonly FileStream _lock;

    /// <summary>Opens the folder for this process alone. Throws <see cref="IOException"/> when another process has it.</summary>
    public SpoolFolder(string path)
    {
        Path = path;
        PrivateFile.EnsureFolder(path);
        _lock = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Id = ReadOrCreateId();
    }

    public string Path { get; }

    /// <summary>
    /// 16 hex digits made with the folder. Batch ids carry it: numbers start again in a new folder, and tracing must not take a new batch for an old one.
    /// </summary>
    public string Id { get; }

    private string CommittedPath => System.IO.Path.Combine(Path, "committed");

    public string SegmentPath(long number) => System.IO.Path.Combine(Path, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The segments' numbers and sizes, oldest first.</summary>
    public SortedDictionary<long, long> Segments()
    {
        var found = new SortedDictionary<long, long>();
        foreach (var file in new DirectoryInfo(Path).EnumerateFiles("*" + Extension))
        {
            if (long.TryParse(System.IO.Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                found[number] = file.Length;
            }
        }

        return found;
    }

    /// <summary>Cuts what a crash left half-written at the end of a segment. Returns the size that remains.</summary>
    public long CutTornTail(long number)
    {
        using var file = new FileStream(SegmentPath(number), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        var good = 0;
        while (SpoolFrame.TryRead(content.AsSpan(good), out _, out var length))
        {
            good += length;
        }

        if (good < content.Length)
        {
            file.SetLength(good);
        }

        return good;
    }

    /// <summary>Up to where everything is stored elsewhere. A position that cannot be read means "nothing": records are sent again, never lost.</summary>
    public SpoolPosition LoadCommitted()
    {
        if (!File.Exists(CommittedPath))
        {
            return default;
        }

        var parts = File.ReadAllText(CommittedPath).Split(' ');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new SpoolPosition(segment, offset)
            : default;
    }

    public void SaveCommitted(SpoolPosition position) =>
        PrivateFile.Replace(CommittedPath, Encoding.ASCII.GetBytes(FormattableString.Invariant($"{position.Segment} {position.Offset}")));

    public void Dispose() => _lock.Dispose();

    private string ReadOrCreateId()
    {
        var path = System.IO.Path.Combine(Path, "id");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 16 } id)
        {
            return id;
        }

        id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        PrivateFile.Replace(path, Encoding.ASCII.GetBytes(id));
        return id;
    }
}
