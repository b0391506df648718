namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>
/// Which factory this is: an id that lives in its data folder, so that after a crash it takes up its own deployments at once. The file is locked: two
/// factories on one folder would fight over processes.
/// </summary>
internal sealed class FactoryNode : IDisposable
{
    private readonly FileStream _file;

    private FactoryNode(FileStream file, Guid id) => (_file, Id) = (file, id);

    public Guid Id { get; }

    /// <exception cref="IOException">Another process has the folder.</exception>
    public static FactoryNode Open(string folder)
    {
        var file = new FileStream(Path.Combine(folder, "node"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Span<byte> bytes = stackalloc byte[16];
        if (file.ReadAtLeast(bytes, 16, throwOnEndOfStream: false) == 16)
        {
            return new FactoryNode(file, new Guid(bytes));
        }

        var id = Guid.CreateVersion7();
        file.SetLength(0);
        file.Write(id.ToByteArray());
        file.Flush(flushToDisk: true);
        return new FactoryNode(file, id);
    }

    public void Dispose() => _file.Dispose();
}
