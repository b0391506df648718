using System.Text.Json.Serialization;

namespace McpPlatform.Contracts.Registry;

/// <summary>Which tools' results gateways may keep although the server does not say so: an operator's word that asking again would say the same.</summary>
/// <param name="Tools">
/// The server's own names of them, or patterns in which <c>*</c> stands for anything. By a pattern only tools that say they read only (<c>readOnlyHint</c>) are meant; others must be named.
/// </param>
/// <param name="TtlMs">How long a result is good for, in milliseconds.</param>
/// <param name="Scope">Who shares results: <c>principal</c> (whoever asked), or <c>tenant</c> (everybody of the tenant who may call the tool).</param>
public sealed record ServerCache(IReadOnlyList<string> Tools, int TtlMs, string Scope = ServerCache.Principal)
{
    public const string Principal = "principal";

    public const string Tenant = "tenant";
}

/// <summary>How often somebody ordered gateways to forget what they keep of a server. A gateway that has seen smaller numbers forgets.</summary>
/// <param name="All">Of everything of the server.</param>
/// <param name="Tools">Of single tools, by the server's own name of them; null = of none.</param>
public sealed record CacheClears(int All = 0, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, int>? Tools = null);
