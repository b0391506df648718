using System.Net;

namespace McpPlatform.PolicyEngine;

/// <summary>What kind of thing an action is on.</summary>
public enum TargetKind
{
    /// <summary>A tool of a server: resource <c>tool:{server}/{name}</c>, and <c>server:{server}</c>.</summary>
    Tool,

    /// <summary>A prompt of a server: resource <c>prompt:{server}/{name}</c>, and <c>server:{server}</c>.</summary>
    Prompt,

    /// <summary>A resource of a server, named by its URI: resource <c>resource:{server}/{uri}</c>, and <c>server:{server}</c>.</summary>
    Resource,

    /// <summary>A server as a whole: resource <c>server:{server}</c>.</summary>
    Server,

    /// <summary>The tenant's own configuration: resource <c>platform</c>.</summary>
    Platform,
}

/// <summary>One question to a policy. A view: it holds no copies, and lives as long as the call it is about.</summary>
public readonly ref struct AccessRequest
{
    /// <summary>Who asks; resolved by the very policy that is asked.</summary>
    public required CompiledPrincipal Principal { get; init; }

    /// <summary>What they want to do, for example <see cref="Actions.ToolsCall"/>.</summary>
    public required string Action { get; init; }

    public TargetKind Kind { get; init; }

    /// <summary>Slug of the server; null or empty for <see cref="TargetKind.Platform"/>.</summary>
    public string? Server { get; init; }

    /// <summary>The server's own name of the tool or prompt, or the resource's URI.</summary>
    public string? Name { get; init; }

    /// <summary>Environment of the server; null or empty = it has none.</summary>
    public string? Environment { get; init; }

    /// <summary>The protocol method, for example <c>tools/call</c>.</summary>
    public string? Method { get; init; }

    /// <summary>When the request arrived. Left out = unknown.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Where it came from; null = unknown.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The tool's arguments as UTF-8 JSON, an object. Empty = none were given. Read only when a rule asks for them.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }
}
