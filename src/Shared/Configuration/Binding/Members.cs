using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Configuration.Model;

namespace McpPlatform.Configuration.Binding;

/// <summary>One member of a section: what the model says of it.</summary>
internal sealed record Member(string Name, PropertyInfo Property, MemberAttribute Says)
{
    public Type Type { get; } = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Member>> Known = new();

    /// <summary>The members of a section, in the order in which the model names them.</summary>
    public static IReadOnlyList<Member> Of(Type section) => Known.GetOrAdd(section, static type =>
        [.. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            let says = property.GetCustomAttribute<MemberAttribute>()
            where says is not null
            select new Member(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property, says)]);
}

/// <summary>The few shapes that members have.</summary>
internal static class Shapes
{
    /// <summary>What a list holds; null when it is none.</summary>
    public static Type? ItemOf(Type type) => Argument(type, typeof(IReadOnlyList<>), 0);

    /// <summary>What a group of named entries holds; null when it is none.</summary>
    public static Type? EntryOf(Type type) => Argument(type, typeof(IReadOnlyDictionary<,>), 1);

    public static bool IsSection(Type type) => type.IsClass && type != typeof(string) && !type.IsAssignableTo(typeof(JsonNode));

    private static Type? Argument(Type type, Type definition, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition ? type.GetGenericArguments()[index] : null;
}
