using System.Collections.Concurrent;
using McpPlatform.Factory.Application;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>The newest lines of each deployment in memory: 500 lines of at most 2000 characters.</summary>
internal sealed class DeploymentLogBook(TimeProvider time) : IDeploymentLogs
{
    private const int MaxLines = 500;
    private const int MaxCharacters = 2000;
    private readonly ConcurrentDictionary<Guid, Queue<LogLine>> _books = new();

    public IReadOnlyList<LogLine> Read(Guid deploymentId, int limit)
    {
        if (!_books.TryGetValue(deploymentId, out var lines))
        {
            return [];
        }

        lock (lines)
        {
            return [.. lines.Skip(lines.Count - limit)];
        }
    }

    /// <summary>Adds a line that holds no secret; the oldest goes when there are too many.</summary>
    public void Write(Guid deploymentId, string stream, string line)
    {
        var lines = _books.GetOrAdd(deploymentId, _ => new Queue<LogLine>());
        lock (lines)
        {
            lines.Enqueue(new LogLine(time.GetUtcNow(), stream, line.Length > MaxCharacters ? line[..MaxCharacters] + "…" : line));
            while (lines.Count > MaxLines)
            {
                lines.Dequeue();
            }
        }
    }

    public void Forget(Guid deploymentId) => _books.TryRemove(deploymentId, out _);
}
