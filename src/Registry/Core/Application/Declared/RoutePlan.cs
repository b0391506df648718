using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Declared;

/// <summary>A route as a configuration says it.</summary>
/// <param name="Path">As the configuration names it: <c>routes[0]</c>.</param>
/// <param name="Origin">File and line.</param>
public sealed record DeclaredRoute(RouteTerms Terms, string Path, string Origin);

/// <summary>What becomes of one route.</summary>
/// <param name="Route">Null when it is to be created.</param>
/// <param name="Wanted">Null when it is to be deleted.</param>
internal sealed record RouteStep(DeclaredAction Action, IntentRoute? Route, DeclaredRoute? Wanted, IReadOnlyList<string> Members)
{
    public DeclaredChange Told => new(Action, $"routes.{Wanted?.Terms.Intent ?? Route!.Intent}", Wanted?.Origin ?? Route!.Origin ?? "", Members);

    /// <summary>Compares what is declared with what there is. Refuses when an intent's place belongs to somebody else, or when there would be too many routes.</summary>
    public static async Task<Result<IReadOnlyList<RouteStep>>> Make(IReadOnlyList<DeclaredRoute> declared, IRoutes routes, RegistryQuotas quotas, CancellationToken cancellationToken)
    {
        var present = (await routes.Present(cancellationToken)).ToDictionary(r => (r.Intent, r.Environment, r.IntentVersion));
        var steps = new List<RouteStep>();
        var taken = new List<ErrorDetail>();
        foreach (var wanted in declared)
        {
            var terms = wanted.Terms;
            if (present.Remove((terms.Intent, terms.Environment, terms.Version), out var route) && route.ManagedBy != ManagedBy.File)
            {
                taken.Add(new ErrorDetail(wanted.Path, $"A route for '{terms.Intent}' exists in this environment and version that is managed by the API. Remove that one first, or leave it out here."));
            }
            else if (Of(route, wanted) is { } step)
            {
                steps.Add(step);
            }
        }

        if (taken.Count > 0)
        {
            return DeclaredPlan.Taken(taken);
        }

        steps.AddRange(present.Values.Where(r => r.ManagedBy == ManagedBy.File).OrderBy(r => r.Id).Select(r => new RouteStep(DeclaredAction.Delete, r, null, [])));
        var all = present.Values.Count(r => r.ManagedBy != ManagedBy.File) + declared.Count;
        return all > quotas.MaxRoutes
            ? Error.Conflict("routes.limit", $"This tenant would have {all} routes, and may have {quotas.MaxRoutes} (option Registry__MaxRoutes). Nothing was changed.")
            : steps;
    }

    public IntentRoute Apply(Guid tenantId, IRoutes routes, DateTimeOffset now)
    {
        if (Wanted is null)
        {
            routes.Remove(Route!);
            return Route!;
        }

        var route = Route ?? IntentRoute.Add(tenantId, ManagedBy.File, now);
        route.Move(Wanted.Origin);
        if (Action != DeclaredAction.Move)
        {
            route.Describe(Wanted.Terms, now);
        }

        if (Route is null)
        {
            routes.Add(route);
        }

        return route;
    }

    private static RouteStep? Of(IntentRoute? route, DeclaredRoute wanted)
    {
        if (route is null)
        {
            return new RouteStep(DeclaredAction.Create, null, wanted, []);
        }

        var terms = wanted.Terms;
        (string Name, bool IsSame)[] members =
        [
            ("description", route.Description == terms.Description),
            ("balancing", route.Balancing == terms.Balancing),
            ("candidates", JsonNode.DeepEquals(JsonSerializer.SerializeToNode(route.Candidates), JsonSerializer.SerializeToNode(terms.Candidates))),
            ("enabled", route.Enabled == terms.Enabled),
        ];
        string[] changed = [.. members.Where(m => !m.IsSame).Select(m => m.Name)];
        return changed.Length > 0 ? new RouteStep(DeclaredAction.Change, route, wanted, changed)
            : route.Origin != wanted.Origin ? new RouteStep(DeclaredAction.Move, route, wanted, [])
            : null;
    }
}
