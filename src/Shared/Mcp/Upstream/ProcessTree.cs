using System.Diagnostics;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// A started process and everything that came of it: its group, its session, the children of its children, and whatever carries its mark, also after it left the
/// group or lost its parent. What escapes has left the session, lost its parent and cleared its environment, all three.
/// </summary>
internal sealed class ProcessTree
{
    /// <summary>Rounds of killing: each finds what was forked during the one before. 50 with the pauses between them are 2.5 s.</summary>
    private const int MaxRounds = 50;

    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _root;
    private readonly int _rootId;
    private readonly long _since;
    private readonly string? _mark;
    private readonly HashSet<(int, long)> _noted = [];

    /// <param name="root">Leads its group, if the system has setsid.</param>
    /// <param name="mark">Value of <see cref="OsProcesses.Mark"/>, this tree's alone; null = none.</param>
    public ProcessTree(Process root, string? mark)
    {
        (_root, _rootId, _mark) = (root, root.Id, mark);
        _since = OsProcesses.Find(_rootId)?.StartedAt ?? long.MaxValue;
    }

    /// <summary>Remembers who belongs to it now: later, somebody's parent may be gone.</summary>
    public void Note() => Living();

    /// <summary>Asks all of it to end.</summary>
    public void Terminate()
    {
        var living = Living();
        ProcessGroup.Signal(_root, Signals.Term);
        foreach (var process in living.Where(process => process.Group != _rootId))
        {
            _ = Signals.Send(process.Id, Signals.Term);
        }
    }

    /// <summary>Ends all of it, also when the root is gone already. Returns when nothing is left, or when the system does not let it die.</summary>
    public async Task Kill()
    {
        ProcessGroup.Signal(_root, Signals.Kill);
        for (var round = 0; round < MaxRounds && Living() is { Count: > 0 } living; round++)
        {
            foreach (var process in living)
            {
                OsProcesses.Kill(process);
            }

            await Task.Delay(round == 0 ? TimeSpan.FromMilliseconds(1) : RoundPause);
        }
    }

    private List<OsProcess> Living()
    {
        if (_since == long.MaxValue)
        {
            // No /proc, or it was gone before it was looked at: the group is all that is known.
            return _mark is null || !OsProcesses.AreVisible ? [] : [.. OsProcesses.All().Where(process => !process.IsZombie && OsProcesses.MarkOf(process.Id) == _mark)];
        }

        // Whoever is older than the root is no child of it: that spares most of the looks into environments.
        var all = OsProcesses.All().Where(process => !process.IsZombie && process.StartedAt >= _since && process.Id != Environment.ProcessId).ToList();
        var found = new HashSet<int>();
        int before;
        do
        {
            before = found.Count;
            foreach (var process in all.Where(process => !found.Contains(process.Id)))
            {
                if (process.Group == _rootId || process.Session == _rootId || found.Contains(process.Parent) || _noted.Contains((process.Id, process.StartedAt)))
                {
                    found.Add(process.Id);
                }
            }
        }
        while (found.Count > before);
        if (_mark is not null)
        {
            found.UnionWith(all.Where(process => !found.Contains(process.Id) && OsProcesses.MarkOf(process.Id) == _mark).Select(process => process.Id));
        }

        var living = all.FindAll(process => found.Contains(process.Id));
        _noted.UnionWith(living.Select(process => (process.Id, process.StartedAt)));
        return living;
    }
}
