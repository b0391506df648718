using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Gateway.State;

/// <summary>
/// Names of tools on the endpoint that shows all servers: <c>{server}__{tool}</c>. Model APIs take at most 64 characters of letters, digits, <c>_</c>,
/// <c>-</c> and <c>.</c>; what is longer or holds others is cut and marked with a hash of the full name, so that a name always means the same tool.
/// </summary>
public static class AggregatedName
{
    public const int MaxLength = 64;

    private const int UsualDigits = 8;

    /// <summary>For names that collide although they carry eight digits, which takes intent: long enough that nobody finds a second one.</summary>
    private const int CollisionDigits = 24;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>The name that a tool has when no other tool of the tenant wants the same.</summary>
    public static string Of(string server, string tool)
    {
        var full = string.Concat(server, "__", tool);
        return full.Length <= MaxLength && !full.AsSpan().ContainsAnyExcept(Allowed) ? full : Hashed(full, UsualDigits);
    }

    /// <summary>The name of a tool whose usual name is wanted by another one too. None of them keeps it: a name must never move to another tool.</summary>
    public static string OnCollision(string server, string tool) => Hashed(string.Concat(server, "__", tool), CollisionDigits);

    private static string Hashed(string full, int digits)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)));
        var head = new StringBuilder(MaxLength);
        foreach (var c in full.AsSpan(0, Math.Min(full.Length, MaxLength - digits - 1)))
        {
            head.Append(Allowed.Contains(c) ? c : '_');
        }

        return head.Append('_').Append(hash, 0, digits).ToString();
    }
}
