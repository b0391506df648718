using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>
/// Whether two entries of snapshots say the same, so that what was compiled of the one holds for the other. Every byte counts: what is only equal in meaning is compiled anew.
/// Each snapshot is read into objects of its own, so no reference tells.
/// </summary>
internal static class SameTerms
{
    public static bool Of(ToolSetEntry a, ToolSetEntry b) =>
        a.SetId == b.SetId && a.TenantId == b.TenantId && a.Slug == b.Slug && a.Version == b.Version
        && a.Terms with { Members = [], Overrides = null, Exclude = null, Pinned = null } == b.Terms with { Members = [], Overrides = null, Exclude = null, Pinned = null }
        && All(a.Terms.Members, b.Terms.Members, Of)
        && All(a.Terms.Overrides, b.Terms.Overrides, Of)
        && Texts(a.Terms.Exclude, b.Terms.Exclude)
        && Texts(a.Terms.Pinned, b.Terms.Pinned);

    /// <summary>Of how a server presents itself; its lists are not looked at.</summary>
    public static bool Of(ServerOffer? a, ServerOffer? b) => a is null || b is null
        ? ReferenceEquals(a, b)
        : Of(a.Legacy, b.Legacy) && Of(a.Modern, b.Modern);

    private static bool All<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b, Func<T, T, bool> isSame)
    {
        if (a is null || b is null || a.Count != b.Count)
        {
            return ReferenceEquals(a, b);
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!isSame(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Of(ServerFace? a, ServerFace? b) => a is null || b is null ? ReferenceEquals(a, b) : a.Version == b.Version && a.Instructions == b.Instructions && Json(a.Capabilities, b.Capabilities);

    private static bool Of(SetMember a, SetMember b) => a.Server == b.Server && a.Tag == b.Tag && Texts(a.Tools, b.Tools) && Texts(a.Prompts, b.Prompts) && Texts(a.Resources, b.Resources);

    private static bool Of(SetOverride a, SetOverride b) =>
        a with { Annotations = null, Arguments = null } == b with { Annotations = null, Arguments = null } && Json(a.Annotations, b.Annotations)
        && (a.Arguments is null || b.Arguments is null
            ? ReferenceEquals(a.Arguments, b.Arguments)
            : a.Arguments.Count == b.Arguments.Count && a.Arguments.Zip(b.Arguments).All(pair => pair.First.Key == pair.Second.Key && Json(pair.First.Value, pair.Second.Value)));

    private static bool Texts(IReadOnlyList<string>? a, IReadOnlyList<string>? b) => All(a, b, string.Equals);

    private static bool Json(JsonElement? a, JsonElement? b) => a is { } x && b is { } y ? Json(x, y) : a.HasValue == b.HasValue;

    private static bool Json(JsonElement a, JsonElement b) => a.ValueKind == JsonValueKind.Undefined || b.ValueKind == JsonValueKind.Undefined
        ? a.ValueKind == b.ValueKind
        : JsonMarshal.GetRawUtf8Value(a).SequenceEqual(JsonMarshal.GetRawUtf8Value(b));
}
