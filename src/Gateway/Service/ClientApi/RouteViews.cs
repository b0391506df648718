using System.Text.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <param name="Intent">What is to be done, such as weather.forecast.</param>
/// <param name="Arguments">For the tool that does it; an object.</param>
/// <param name="Environment">Only where it is done in this one, or in every one.</param>
/// <param name="Version">Versions that will do, such as ^1.2; left out = the highest release there is.</param>
/// <param name="Context">Goes to the server beside the arguments, in _meta as com.mcpplatform/context.</param>
internal sealed record ExecuteRouteBody(string Intent, JsonElement? Arguments = null, string? Environment = null, string? Version = null, JsonElement? Context = null);

/// <param name="Intent">What is to be done.</param>
/// <param name="Environment">As in execute.</param>
/// <param name="Version">As in execute.</param>
internal sealed record DiscoverRouteBody(string Intent, string? Environment = null, string? Version = null);

/// <param name="Result">As the tool answered: content, structuredContent, isError.</param>
/// <param name="IsError">The tool ran and says that it failed.</param>
/// <param name="ServedBy">Who did it.</param>
/// <param name="Attempts">Who was asked, in order; the last one answered.</param>
internal sealed record RouteAnswer(string Intent, JsonElement Result, bool IsError, CandidateView ServedBy, IReadOnlyList<AttemptView> Attempts, string RequestId);

/// <param name="Environment">Null = every one.</param>
/// <param name="Version">Null = none.</param>
/// <param name="Source">route or integration.</param>
/// <param name="RouteId">Of the route; null for integrations.</param>
/// <param name="Integration">Name of the integration; null for routes.</param>
internal sealed record CandidateView(string Server, string Tool, string? Environment, string? Version, string Source, Guid? RouteId, string? Integration);

/// <param name="Outcome">answered or failed.</param>
/// <param name="Code">Why it failed.</param>
internal sealed record AttemptView(string Server, string Tool, string Outcome, string? Code);

/// <param name="Chosen">Who would be asked first now.</param>
/// <param name="Why">In words.</param>
/// <param name="Candidates">Who would be asked, in this order, of those that this key may call.</param>
internal sealed record RouteDiscovery(string Intent, CandidateView Chosen, string Why, IReadOnlyList<DiscoveredCandidate> Candidates);

/// <param name="Available">False: it failed so often that it is left alone for the moment.</param>
/// <param name="Weight">Its share where the route is balanced by weight.</param>
/// <param name="Description">Of the tool, as its server gives it.</param>
/// <param name="InputSchema">Of the tool's arguments.</param>
internal sealed record DiscoveredCandidate(CandidateView Candidate, bool Available, int Weight, string? Description, JsonElement? InputSchema);
