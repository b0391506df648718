using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.ToolSets;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Declared;

/// <summary>A tool set as a configuration says it.</summary>
/// <param name="Origin">File and line.</param>
public sealed record DeclaredSet(string Slug, ToolSetTerms Terms, string Origin);

/// <summary>What becomes of one tool set.</summary>
/// <param name="Set">Null when it is to be created.</param>
/// <param name="Wanted">Null when it is to be deleted.</param>
internal sealed record SetStep(DeclaredAction Action, ToolSet? Set, DeclaredSet? Wanted, IReadOnlyList<string> Members)
{
    public DeclaredChange Told => new(Action, $"tool_sets.{Wanted?.Slug ?? Set!.Slug}", Wanted?.Origin ?? Set!.Origin ?? "", Members);

    /// <summary>Compares what is declared with what there is. Refuses when a slug belongs to somebody else, or when there would be too many sets.</summary>
    public static async Task<Result<IReadOnlyList<SetStep>>> Make(IReadOnlyList<DeclaredSet> declared, IToolSets sets, RegistryQuotas quotas, CancellationToken cancellationToken)
    {
        var present = (await sets.Present(cancellationToken)).ToDictionary(s => s.Slug, StringComparer.Ordinal);
        var steps = new List<SetStep>();
        var taken = new List<ErrorDetail>();
        foreach (var wanted in declared)
        {
            if (present.Remove(wanted.Slug, out var set) && set.ManagedBy != ManagedBy.File)
            {
                taken.Add(new ErrorDetail($"tool_sets.{wanted.Slug}", $"A tool set '{wanted.Slug}' exists that is managed by the API. Remove that one first, or choose another name here."));
            }
            else if (Of(set, wanted) is { } step)
            {
                steps.Add(step);
            }
        }

        if (taken.Count > 0)
        {
            return DeclaredPlan.Taken(taken);
        }

        steps.AddRange(present.Values.Where(s => s.ManagedBy == ManagedBy.File).OrderBy(s => s.Slug, StringComparer.Ordinal).Select(s => new SetStep(DeclaredAction.Delete, s, null, [])));
        var all = present.Values.Count(s => s.ManagedBy != ManagedBy.File) + declared.Count;
        return all > quotas.MaxToolSets
            ? Error.Conflict("tool_sets.limit", $"This tenant would have {all} tool sets, and may have {quotas.MaxToolSets} (option Registry__MaxToolSets). Nothing was changed.")
            : steps;
    }

    /// <summary>Does it, and keeps the version that comes of it.</summary>
    /// <param name="by">Who is said to have made the version.</param>
    public ToolSet Apply(Guid tenantId, IToolSets sets, string by, DateTimeOffset now)
    {
        if (Wanted is null)
        {
            if (Set!.Delete(by, now) is { } last)
            {
                sets.Add(last);
            }

            return Set;
        }

        var set = Set ?? ToolSet.Create(tenantId, Wanted.Slug, ManagedBy.File, now);
        set.Move(Wanted.Origin);
        if (Set is null)
        {
            sets.Add(set);
        }

        if (Action != DeclaredAction.Move)
        {
            sets.Add(set.Describe(Wanted.Terms, by, now));
        }

        return set;
    }

    private static SetStep? Of(ToolSet? set, DeclaredSet wanted)
    {
        if (set is null)
        {
            return new SetStep(DeclaredAction.Create, null, wanted, []);
        }

        var (now, then) = (set.Terms, wanted.Terms);
        (string Name, bool IsSame)[] members =
        [
            ("title", now.Title == then.Title),
            ("description", now.Description == then.Description),
            ("instructions", now.Instructions == then.Instructions),
            ("members", Same(now.Members, then.Members)),
            ("exclude", Same(now.Exclude, then.Exclude)),
            ("overrides", Same(now.Overrides, then.Overrides)),
            ("naming", now.Naming == then.Naming),
            ("disclosure", now.Disclosure == then.Disclosure),
            ("pinned", Same(now.Pinned, then.Pinned)),
            ("enabled", now.Enabled == then.Enabled),
        ];
        string[] changed = [.. members.Where(m => !m.IsSame).Select(m => m.Name)];
        return changed.Length > 0 ? new SetStep(DeclaredAction.Change, set, wanted, changed)
            : set.Origin != wanted.Origin ? new SetStep(DeclaredAction.Move, set, wanted, [])
            : null;
    }

    // As text, since that is what is kept: fixed arguments go to servers as they are written.
    private static bool Same<T>(T now, T then) => JsonSerializer.Serialize(now, JsonSerializerOptions.Web) == JsonSerializer.Serialize(then, JsonSerializerOptions.Web);
}
