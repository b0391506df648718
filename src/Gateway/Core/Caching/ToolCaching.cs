using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.Caching;

/// <summary>What an operator declared of a tool: its results are good for a while.</summary>
/// <param name="IsShared">Among all of the tenant who may call it.</param>
public sealed record ToolCaching(TimeSpan Ttl, bool IsShared)
{
    /// <summary>Null: nothing was declared of it. By a pattern only tools that read only are meant: who names a tool has looked at it, who writes a star has not.</summary>
    internal static ToolCaching? Of(ServerCache? declared, string tool, bool isReadOnly) =>
        declared is { TtlMs: > 0 } && declared.Tools.Any(pattern => pattern == tool || (isReadOnly && Matches(pattern, tool)))
            ? new ToolCaching(TimeSpan.FromMilliseconds(declared.TtlMs), declared.Scope == ServerCache.Tenant)
            : null;

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (at, star, resume) = (0, -1, 0);
        for (var i = 0; i < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, i);
            }
            else if (at < pattern.Length && pattern[at] == name[i])
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                (at, i) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].IndexOfAnyExcept('*') < 0;
    }
}
