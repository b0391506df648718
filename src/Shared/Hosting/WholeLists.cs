using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace McpPlatform.Hosting;

/// <summary>
/// Refuses null as an entry of a list or a dictionary in what callers send. The serializer heeds nullable annotations of members, not of entries, so that a
/// handler would meet nulls where its types promise none.
/// </summary>
internal static class WholeLists
{
    /// <summary>Adds the check to whatever is read with these options.</summary>
    public static void Require(JsonSerializerOptions options) =>
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(Check);

    private static void Check(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var collections = type.Properties.Where(p => p.Get is not null && p.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(p.PropertyType)).ToArray();
        if (collections.Length == 0)
        {
            return;
        }

        var before = type.OnDeserialized;
        type.OnDeserialized = read =>
        {
            before?.Invoke(read);
            foreach (var property in collections)
            {
                if (HasNull(property.Get!(read)))
                {
                    throw new JsonException($"{property.Name} holds null.", $"$.{property.Name}", null, null);
                }
            }
        };
    }

    private static bool HasNull(object? collection) => collection switch
    {
        IDictionary entries => entries.Values.Cast<object?>().Contains(null),
        IEnumerable items => items.Cast<object?>().Contains(null),
        _ => false,
    };
}
