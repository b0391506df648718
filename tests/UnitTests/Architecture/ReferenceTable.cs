namespace McpPlatform.UnitTests.Architecture;

/// <summary>What one project may need.</summary>
/// <param name="References">Projects of this repository.</param>
/// <param name="Packages">Direct package references.</param>
/// <param name="AspNet">Whether it may use the ASP.NET framework.</param>
/// <param name="Builds">Projects that it may build beside itself without compiling against them.</param>
internal sealed record Allowed(string[] References, string[] Packages, bool AspNet = false, params string[] Builds);

/// <summary>Who may reference whom. A new edge is a decision: it is written here first, with its reason in the commit.</summary>
internal static class ReferenceTable
{
    public static readonly IReadOnlyDictionary<string, Allowed> Rows = new Dictionary<string, Allowed>
    {
        ["Kernel"] = new([], []),
        ["Contracts"] = new([], []),
        ["PolicyEngine"] = new([], []),
        ["Net"] = new([], []),
        ["Mcp"] = new(["Net"], []),
        ["Packs"] = new(["Net"], []),

        // What an operator's file says, with the place of each mistake: read by the services, by gateways (launchers) and by the command line alike.
        ["Configuration"] = new(["PolicyEngine"], ["YamlDotNet"]),
        ["Mcp.AspNetCore"] = new(["Mcp"], [], AspNet: true),
        ["ServiceDefaults"] = new([], ["OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol"], AspNet: true),

        // Messaging, because a module hands its consumers to ModuleBus in its one contract with the host, IServiceModule.
        ["Hosting"] = new(
            ["Kernel", "Contracts", "Configuration", "Messaging", "PolicyEngine", "ServiceDefaults"],
            ["MediatR", "FluentValidation", "Microsoft.AspNetCore.OpenApi", "Swashbuckle.AspNetCore.SwaggerUI"],
            AspNet: true),
        ["Messaging"] = new(["Kernel", "Contracts"], ["MassTransit", "MassTransit.RabbitMQ", "RabbitMQ.Client"], AspNet: true),
        ["Persistence"] = new(
            ["Kernel", "Contracts", "Messaging"],
            ["Npgsql.EntityFrameworkCore.PostgreSQL", "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Relational"],
            AspNet: true),

        ["Policy.Core"] = new(["Kernel", "Contracts", "PolicyEngine"], ["MediatR", "FluentValidation"]),
        ["Registry.Core"] = new(["Kernel", "Contracts"], ["MediatR", "FluentValidation"]),
        ["Factory.Core"] = new(["Kernel", "Contracts", "Packs"], ["MediatR", "FluentValidation", "YamlDotNet"]),
        ["Tracing.Core"] = new(["Kernel", "Contracts"], ["MediatR", "FluentValidation"]),
        ["Gateway.Core"] = new(["Contracts", "PolicyEngine", "Mcp"], []),

        ["Policy"] = new(["Policy.Core", "Hosting", "Messaging", "Persistence"], [], AspNet: true),
        ["Registry"] = new(["Registry.Core", "Hosting", "Messaging", "Persistence"], [], AspNet: true),
        ["Tracing"] = new(["Tracing.Core", "Hosting", "Messaging", "Persistence"], [], AspNet: true),
        ["Factory"] = new(["Factory.Core", "Hosting", "Messaging", "Persistence", "Net"], [], AspNet: true, "PackRuntime"),
        ["Gateway"] = new(["Gateway.Core", "Mcp.AspNetCore", "Net", "Hosting", "Messaging"], [], AspNet: true),
        ["Console"] = new(["Contracts", "Hosting"], ["Radzen.Blazor"], AspNet: true),

        ["PackRuntime"] = new(["Packs", "Net", "Mcp", "Mcp.AspNetCore"], [], AspNet: true),
        ["Cli"] = new(["Configuration", "Contracts", "Packs", "Mcp"], ["System.CommandLine", "Spectre.Console", "YamlDotNet"]),
        ["Standalone"] = new(["Policy", "Registry", "Factory", "Tracing", "Gateway", "Console"], [], AspNet: true),
        ["AppHost"] = new(
            ["Gateway", "Policy", "Registry", "Factory", "Tracing", "Console", "Standalone"],
            ["Aspire.Hosting.Azure.AppContainers", "Aspire.Hosting.Docker", "Aspire.Hosting.Kubernetes", "Aspire.Hosting.PostgreSQL", "Aspire.Hosting.RabbitMQ"]),
    };

    /// <summary>Projects that may need anything, and that nobody may need.</summary>
    public static bool IsTest(string project) => project is "UnitTests" or "IntegrationTests" or "EndToEndTests" or "Benchmarks" or "CrashHost" or "ContainerTests";
}
