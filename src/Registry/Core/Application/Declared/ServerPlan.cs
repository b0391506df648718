using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Declared;

/// <summary>How the servers that a file manages become those that it declares.</summary>
internal sealed record ServerPlan(IReadOnlyList<ServerStep> Steps)
{
    public IEnumerable<DeclaredChange> Told => Steps.Select(s => s.Told);

    /// <summary>Compares what is declared with what there is. Refuses when a slug belongs to somebody else, or when there would be too many servers.</summary>
    public static async Task<Result<ServerPlan>> Make(
        IReadOnlyList<DeclaredServer> declared, IServers servers, IHttpTools tools, ISecretProtector protector, RegistryQuotas quotas, CancellationToken cancellationToken)
    {
        var present = (await servers.Present(cancellationToken)).ToDictionary(s => s.Slug, StringComparer.Ordinal);
        var steps = new List<ServerStep>();
        var taken = new List<ErrorDetail>();
        foreach (var wanted in declared)
        {
            var slug = wanted.Terms.Slug;
            if (present.Remove(slug, out var server) ? server.ManagedBy != ManagedBy.File : await tools.HasSlug(slug, cancellationToken))
            {
                var owner = server?.ManagedBy == ManagedBy.Factory ? "a deployment" : server is null ? "an HTTP tool" : "the API";
                taken.Add(new ErrorDetail($"servers.{slug}", $"A server '{slug}' exists that is managed by {owner}. Remove that one first, or choose another name here."));
            }
            else if (ServerStep.Of(server, wanted, protector) is { } step)
            {
                steps.Add(step);
            }
        }

        if (taken.Count > 0)
        {
            return DeclaredPlan.Taken(taken);
        }

        steps.AddRange(present.Values.Where(s => s.ManagedBy == ManagedBy.File).OrderBy(s => s.Slug, StringComparer.Ordinal).Select(s => new ServerStep(DeclaredAction.Delete, s, null, [])));
        var others = present.Values.Count(s => s.ManagedBy != ManagedBy.File);
        return others + declared.Count > quotas.MaxServers
            ? Error.Conflict("servers.limit", $"This tenant would have {others + declared.Count} servers, and may have {quotas.MaxServers} (option Registry__MaxServers). Nothing was changed.")
            : new ServerPlan(steps);
    }
}

/// <summary>What becomes of one server.</summary>
/// <param name="Server">Null when it is to be created.</param>
/// <param name="Wanted">Null when it is to be deleted.</param>
internal sealed record ServerStep(DeclaredAction Action, RegisteredServer? Server, DeclaredServer? Wanted, IReadOnlyList<string> Members)
{
    public DeclaredChange Told => new(Action, $"servers.{Wanted?.Terms.Slug ?? Server!.Slug}", Wanted?.Origin ?? Server!.Origin ?? "", Members);

    /// <summary>Null when nothing is to be done.</summary>
    public static ServerStep? Of(RegisteredServer? server, DeclaredServer wanted, ISecretProtector protector)
    {
        if (server is null)
        {
            return new ServerStep(DeclaredAction.Create, null, wanted, []);
        }

        var members = Differences(server, wanted.Terms, protector).ToArray();
        return members.Length > 0 ? new ServerStep(DeclaredAction.Change, server, wanted, members)
            : server.Origin != wanted.Origin ? new ServerStep(DeclaredAction.Move, server, wanted, [])
            : null;
    }

    public RegisteredServer Apply(Guid tenantId, ISecretProtector protector, DateTimeOffset now)
    {
        if (Wanted is null)
        {
            Server!.Delete(now);
            return Server;
        }

        var server = Server ?? RegisteredServer.Declare(Guid.CreateVersion7(now), tenantId, Wanted.Terms.Slug, Wanted.Origin, now);
        server.Move(Wanted.Origin);
        if (Action != DeclaredAction.Move)
        {
            var terms = Wanted.Terms;
            server.Describe(
                new ServerTerms(
                    terms.Title ?? terms.Slug,
                    terms.Transport,
                    terms.Endpoints?[0].Url ?? terms.Url,
                    terms.Launcher,
                    terms.AllowPrivateAddress,
                    protector.Headers(tenantId, server.Id, terms.Headers),
                    protector.Variables(tenantId, server.Id, terms.Variables),
                    terms.Environment ?? "",
                    terms.Tags ?? [],
                    terms.Enabled,
                    terms.ToDelivery() with { Breakers = server.Delivery.Breakers, CacheClears = server.Delivery.CacheClears }),
                now);
        }

        return server;
    }

    private static IEnumerable<string> Differences(RegisteredServer server, RegisterServer wanted, ISecretProtector protector)
    {
        (string Name, bool IsSame)[] members =
        [
            ("title", server.Title == (wanted.Title ?? wanted.Slug)),
            ("transport", server.Transport == wanted.Transport),
            ("url", server.Url == (wanted.Endpoints?[0].Url ?? wanted.Url)),
            ("launcher", server.Launcher == wanted.Launcher),
            ("allow_private_address", server.AllowPrivateAddress == wanted.AllowPrivateAddress),
            ("headers", Same(server, server.Headers, wanted.Headers, name => $"header:{name.ToLowerInvariant()}", protector)),
            ("variables", Same(server, server.Variables, wanted.Variables, name => $"variable:{name}", protector)),
            ("environment", server.Environment == (wanted.Environment ?? "")),
            ("tags", server.Tags.SequenceEqual(wanted.Tags ?? [])),
            ("enabled", server.Enabled == wanted.Enabled),
        ];
        return members.Where(m => !m.IsSame).Select(m => m.Name).Concat(Differences(server.Delivery, wanted.ToDelivery()));
    }

    private static IEnumerable<string> Differences(Delivery now, Delivery wanted)
    {
        (string Name, object? Now, object? Wanted)[] members =
        [
            ("timeouts", now.Timeouts, wanted.Timeouts),
            ("max_attempts", now.MaxAttempts, wanted.MaxAttempts),
            ("endpoints", now.Endpoints, wanted.Endpoints),
            ("balancing", now.Balancing, wanted.Balancing),
            ("process", now.Process, wanted.Process),
            ("limits", now.Limits, wanted.Limits),
            ("definitions", now.Definitions, wanted.Definitions),
            ("cache", now.Cache, wanted.Cache),
        ];

        // Records compare lists by reference, and the database orders names in its own way: as JSON they are what they say.
        return members.Where(m => !JsonNode.DeepEquals(JsonSerializer.SerializeToNode(m.Now), JsonSerializer.SerializeToNode(m.Wanted))).Select(m => m.Name);
    }

    private static bool Same(RegisteredServer server, IReadOnlyList<StoredSecret> stored, IReadOnlyDictionary<string, string>? wanted, Func<string, string> field, ISecretProtector protector)
    {
        if (stored.Count != (wanted?.Count ?? 0))
        {
            return false;
        }

        try
        {
            return stored.All(s => wanted!.TryGetValue(s.Name, out var text)
                && text == protector.Unprotect(s.Ciphertext, new SecretPlace(server.TenantId, server.Id, field(s.Name))).Reveal());
        }
        catch (SecretUnreadableException)
        {
            // Another master key: written anew with this one.
            return false;
        }
    }
}
