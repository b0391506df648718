using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// Names for tools: readable, at most 48 characters (clients add a prefix and stop at 64), unique without regard to case, and the same whatever else is
/// selected. Who collides, or is cut, carries a hash of its method and path.
/// </summary>
internal static partial class ToolNames
{
    public const int MaxLength = 48;
    private const int HashLength = 8;

    /// <summary>One name per operation, in order.</summary>
    public static List<string> For(IReadOnlyList<ApiOperation> operations)
    {
        var wanted = operations.Select(Wanted).ToList();
        var counts = wanted.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.Count(), StringComparer.OrdinalIgnoreCase);
        return [.. wanted.Select((name, i) => name.Length > MaxLength || counts[name] > 1 ? Hashed(name, operations[i]) : name)];
    }

    private static string Wanted(ApiOperation operation)
    {
        var fromId = Words(operation.Id ?? "");
        if (fromId.Length > 0)
        {
            return fromId;
        }

        var fromPath = Words($"{operation.Method.ToLowerInvariant()}_{operation.Path}");
        return fromPath.Length > 0 ? fromPath : "call";
    }

    // Two underscores separate server and tool in aggregated names.
    private static string Words(string text) => Repeated().Replace(Others().Replace(text, "_"), "_").Trim('_', '-', '.');

    private static string Hashed(string name, ApiOperation operation)
    {
        var room = MaxLength - HashLength - 1;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{operation.Method} {operation.Path}")))[..HashLength];
        return $"{(name.Length > room ? name[..room].TrimEnd('_', '-', '.') : name)}_{hash}";
    }

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex Others();

    [GeneratedRegex("_{2,}")]
    private static partial Regex Repeated();
}
