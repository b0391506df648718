using System.Security.Cryptography;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// How this gateway finds its stdio servers again, and all that they started: <c>{folder}.{life}.{number}</c> in their environment. The folder's id outlives a crash, and
/// the lock on the folder makes sure that nobody else has it; the life is new with each start.
/// </summary>
internal sealed class ChildMarks(string folderId)
{
    private readonly string _life = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long _last;

    /// <summary>With this the variable of every child of this life begins, its name included.</summary>
    public string OfThisLife => $"{OsProcesses.Mark}={folderId}.{_life}.";

    /// <summary>A mark for one connection.</summary>
    public string Next() => $"{folderId}.{_life}.{Interlocked.Increment(ref _last)}";

    /// <summary>Whether it is of a gateway on this folder, in this life or an earlier one.</summary>
    public bool IsOurs(string mark) => mark.StartsWith($"{folderId}.", StringComparison.Ordinal);
}
