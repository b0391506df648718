using System.Reflection;
using McpPlatform.Hosting;
using McpPlatform.Messaging;

namespace McpPlatform.UnitTests.Architecture;

/// <summary>Conventions that only the compiled types show. Each rule answers with what breaks it, one line each.</summary>
internal static class ConventionRules
{
    private const string Handler = "MediatR.IRequestHandler`2";
    private const string Request = "MediatR.IRequest`1";
    private const string Validator = "FluentValidation.IValidator`1";
    private const string Consumer = "MassTransit.IConsumer`1";
    private const string Query = "McpPlatform.Kernel.IQuery";

    private static readonly string[] Services = ["Policy", "Registry", "Factory", "Tracing", "Gateway", "Console", "PackRuntime", "Standalone"];

    /// <summary>All types of the platform's own assemblies beside the test executable, without what the compiler adds.</summary>
    public static IReadOnlyList<Type> PlatformTypes() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Where(n => (n.StartsWith("McpPlatform.", StringComparison.Ordinal) && n != typeof(ConventionRules).Assembly.GetName().Name) || n == "mcpp")
            .Order(StringComparer.Ordinal)
            .SelectMany(n => Assembly.Load(n).GetTypes())
            .Where(t => !t.Name.StartsWith('<')),
    ];

    /// <summary>Handlers, validators and consumers are found by scanning: nobody may call or derive from them.</summary>
    public static IReadOnlyList<string> NotHidden(IEnumerable<Type> types) =>
    [
        .. types.Where(t => t is { IsClass: true } && (Implements(t, Handler) || Implements(t, Validator) || Implements(t, Consumer)))
            .Where(t => t.IsPublic || t.IsNestedPublic || !(t.IsSealed || t.IsAbstract))
            .Select(t => $"{t.FullName} is not internal sealed"),
    ];

    /// <summary>
    /// A command (a request that is no query) has a validator, unless it consists of ids alone, whose shape the types already check, or is listed in
    /// <paramref name="needNone"/> with the reason.
    /// </summary>
    public static IReadOnlyList<string> WithoutValidator(IReadOnlyCollection<Type> types, IReadOnlyDictionary<string, string> needNone)
    {
        var validated = types.SelectMany(t => Arguments(t, Validator)).ToHashSet();
        var commands = types.Where(t => t is { IsAbstract: false } && Implements(t, Request) && t.GetInterfaces().All(i => i.FullName != Query)).ToList();
        return
        [
            .. commands.Where(c => !validated.Contains(c) && !OnlyIds(c) && !needNone.ContainsKey(c.FullName!)).Select(c => $"{c.FullName} has no validator"),
            .. needNone.Keys.Where(n => commands.All(c => c.FullName != n) || validated.Any(v => v.FullName == n)).Select(n => $"{n} is listed as needing no validator, but is no such command"),
        ];
    }

    /// <summary>A consumer that no module hands to its <see cref="ModuleBus"/> never gets a message.</summary>
    public static IReadOnlyList<string> NotRegistered(IReadOnlyCollection<Type> types)
    {
        var bus = new ModuleBus("any");
        foreach (var module in types.Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IServiceModule))))
        {
            AddConsumersOf.MakeGenericMethod(module).Invoke(null, [bus]);
        }

        return [.. types.Where(t => t is { IsClass: true, IsAbstract: false } && Implements(t, Consumer)).Except(bus.Consumers.Select(c => c.Consumer)).Select(t => $"{t.FullName} is in no module's AddConsumers")];
    }

    /// <summary>A type named like a service hides the namespace of that service (CS0118).</summary>
    public static IReadOnlyList<string> NamedLikeAService(IEnumerable<Type> types) =>
        [.. types.Where(t => Services.Contains(t.Name.Split('`')[0])).Select(t => $"{t.FullName} is named like a service")];

    private static readonly MethodInfo AddConsumersOf = typeof(ConventionRules).GetMethod(nameof(AddConsumers), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static void AddConsumers<TModule>(ModuleBus bus)
        where TModule : IServiceModule => TModule.AddConsumers(bus);

    private static bool OnlyIds(Type command) =>
        command.GetProperties(BindingFlags.Public | BindingFlags.Instance).All(p => p.PropertyType == typeof(Guid) || p.PropertyType == typeof(Guid?));

    private static bool Implements(Type type, string definition) => Arguments(type, definition).Any();

    private static IEnumerable<Type> Arguments(Type type, string definition) =>
        type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition().FullName == definition).Select(i => i.GetGenericArguments()[0]);
}
