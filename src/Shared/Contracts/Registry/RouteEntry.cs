using System.Text.Json;

namespace McpPlatform.Contracts.Registry;

/// <summary>One way to carry out an intent: tools of servers that do the same, the first that can do it does.</summary>
/// <param name="Intent">What is wanted, as callers name it.</param>
/// <param name="Environment">Callers that ask for another one do not get it; empty = it serves every environment.</param>
/// <param name="Version">Semantic version; empty = none.</param>
/// <param name="Candidates">At least one; in the order in which they are preferred.</param>
/// <param name="Balancing"><c>failover</c> (in order), <c>round_robin</c> or <c>weighted_random</c>: who is asked first.</param>
public sealed record RouteEntry(
    Guid RouteId, Guid TenantId, string Intent, string Description, string Environment, string Version, IReadOnlyList<RouteCandidate> Candidates, string Balancing = "failover");

/// <summary>A tool that can carry out an intent.</summary>
/// <param name="Server">Slug; a server that is not there is passed over.</param>
/// <param name="Tool">The server's own name of it.</param>
/// <param name="Weight">Its share against the others', 1 to 100.</param>
/// <param name="Constants">Arguments that this tool gets whatever the caller sends; an object, null = none.</param>
public sealed record RouteCandidate(string Server, string Tool, int Weight = 1, JsonElement? Constants = null);

/// <summary>A server whose owner says what it can do: asked where no route names the intent.</summary>
/// <param name="Name">Of the integration.</param>
/// <param name="Server">Slug; a server that is not there is passed over.</param>
/// <param name="Environment">As in routes.</param>
public sealed record IntegrationEntry(Guid IntegrationId, Guid TenantId, string Name, string Server, string Environment, IReadOnlyList<Capability> Capabilities);

/// <summary>One thing that an integration can do.</summary>
/// <param name="Intent">What is wanted, as callers name it.</param>
/// <param name="Tool">The server's own name of the tool that does it.</param>
/// <param name="Version">Semantic version; empty = none.</param>
public sealed record Capability(string Intent, string Tool, string Version = "");
