using System.Text.Json.Nodes;

namespace McpPlatform.Configuration.Model;

/// <summary>A route of the configuration: as POST /api/v1/routes takes it.</summary>
public sealed record RouteSection
{
    [Member("What callers ask for.", Form = Form.Intent, IsRequired = true, Example = "weather.forecast")]
    public string Intent { get; init; } = "";

    [Member("Callers that ask for another environment do not get it; without it every environment.", Form = Form.Slug)]
    public string? Environment { get; init; }

    [Member("Semantic version, for callers that ask for a range.", Example = "1.2.0")]
    public string? IntentVersion { get; init; }

    [Member("What it is for.", Form = Form.Lines)]
    public string? Description { get; init; }

    [Member("Who is asked first. Default failover: in order. The others take over when that one cannot do it.", OneOf = ["failover", "round_robin", "weighted_random"])]
    public string? Balancing { get; init; }

    [Member("The tools that carry it out, in the order in which they are preferred.", IsRequired = true, MostEntries = 16)]
    public IReadOnlyList<CandidateSection> Candidates { get; init; } = [];

    [Member("Whether it is there for callers. Default true.")]
    public bool Enabled { get; init; } = true;
}

/// <summary>A tool that carries an intent out.</summary>
public sealed record CandidateSection
{
    [Member("Slug of its server, of this file or not; one that is not there is passed over.", Form = Form.Slug, IsRequired = true)]
    public string Server { get; init; } = "";

    [Member("The server's own name of it.", IsRequired = true)]
    public string Tool { get; init; } = "";

    [Member("Its share against the others. Default 1.", Least = 1, Most = 100)]
    public int Weight { get; init; } = 1;

    [Member("Arguments that the tool gets whatever the caller sends.")]
    public JsonObject? Constants { get; init; }
}
