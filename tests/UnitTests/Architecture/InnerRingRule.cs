using System.Reflection;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>
/// What the compiled inner rings touch: no Core knows a database, a bus or a web framework, and the hot path (Gateway.Core) knows the base library and three
/// projects of ours only. A project file cannot show this: a package may arrive through a reference.
/// </summary>
internal static class InnerRingRule
{
    private static readonly string[] Outer =
        ["Microsoft.EntityFrameworkCore", "Npgsql", "MassTransit", "RabbitMQ", "Microsoft.AspNetCore", "Microsoft.Extensions.Hosting"];

    private static readonly string[] HotPath =
        ["System.", "netstandard", "McpPlatform.Contracts", "McpPlatform.PolicyEngine", "McpPlatform.Mcp"];

    private static readonly string[] CoreOwn =
        ["McpPlatform.Kernel", "McpPlatform.Contracts", "McpPlatform.PolicyEngine", "McpPlatform.Packs", "McpPlatform.Net"];

    public static IReadOnlyList<string> Violations(Assembly assembly) =>
        Violations(assembly.GetName().Name!, assembly.GetReferencedAssemblies().Select(a => a.Name!));

    public static IReadOnlyList<string> Violations(string assembly, IEnumerable<string> references) =>
        [.. references.Where(r => assembly == "McpPlatform.Gateway.Core" ? !IsHotPath(r) : IsOuter(r)).Select(r => $"{assembly} touches {r}")];

    private static bool IsHotPath(string reference) => HotPath.Any(p => p.EndsWith('.') ? reference.StartsWith(p, StringComparison.Ordinal) : reference == p);

    private static bool IsOuter(string reference) =>
        Outer.Any(p => reference == p || reference.StartsWith(p + ".", StringComparison.Ordinal))
        || (reference.StartsWith("McpPlatform.", StringComparison.Ordinal) && !CoreOwn.Contains(reference));
}
