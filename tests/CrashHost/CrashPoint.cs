using System.Diagnostics;

namespace McpPlatform.CrashHost;

/// <summary>Where this process dies, and for which order. Everything else goes on as usual: what an earlier crash left behind is repaired before.</summary>
internal sealed class CrashPoint(string name, Guid order)
{
    public const string
        BeforeCommit = "before-commit",
        AfterCommit = "after-commit",
        BeforePublish = "before-publish",
        AfterPublish = "after-publish-before-mark",
        AfterMark = "after-mark",
        BeforeConsume = "before-consume",
        InConsume = "in-consume",
        BeforeInboxCommit = "before-inbox-commit",
        AfterInboxCommit = "after-inbox-commit-before-ack";

    public bool IsOf(Guid id) => id == order;

    /// <summary>Ends the process here, if this is the place: SIGKILL, so that nothing is flushed, closed or returned.</summary>
    public void Reach(string place)
    {
        if (place == name)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
