using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using McpPlatform.Factory;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Infrastructure.Telemetry;
using McpPlatform.Hosting;
using McpPlatform.Policy;
using McpPlatform.Registry;
using McpPlatform.ServiceDefaults;
using McpPlatform.Tracing;
using McpPlatform.UnitTests.Architecture;
using McpPlatform.UnitTests.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

/// <summary>What the operator reads of metrics is what there is: name, kind, unit, in both directions.</summary>
public sealed partial class MetricTableTests
{
    [Fact]
    public async Task The_table_names_exactly_the_instruments_of_the_platform_with_kind_and_unit()
    {
        var documented = Row().Matches(Repository.Read("docs/operations.md")).Select(m => (Name: m.Groups[1].Value, Kind: m.Groups[2].Value, Unit: m.Groups[3].Value)).ToList();

        var registered = await Registered();

        documented.Select(d => $"{d.Name} {d.Kind} {d.Unit}".TrimEnd()).Order().ShouldBe(registered.Select(f => $"{f.Name} {f.Type} {f.Unit}".TrimEnd()).Order());
        registered.ShouldAllBe(f => f.Description.Length > 10);
    }

    /// <summary>Every instrument that any module makes, and the two that are kept elsewhere.</summary>
    private static async Task<IReadOnlyList<MetricFamily>> Registered()
    {
        using var folder = new TempFolder();
        var settings = new Dictionary<string, string?> { ["MCPP_DATA"] = folder.File("data") };
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            settings[$"ConnectionStrings:{service}db"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";
        }

        await using var app = ServiceHost.Create([])
            .With<PolicyModule>().With<RegistryModule>().With<FactoryModule>().With<TracingModule>().With<GatewayModule>()
            .Build(new CommandLine(Verb.Run, settings));
        app.Services.GetRequiredService<GatewayGauges>();
        var meters = Meters();
        var store = app.Services.GetRequiredService<MetricStore>();
        await store.StartAsync(CancellationToken.None);

        // Other tests have meters of their own, which are no part of the platform.
        var own = new HashSet<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => own.UnionWith(meters.Contains(instrument.Meter.Name) ? [instrument.Name] : []) };
        listener.Start();
        return [.. store.Read().Where(f => own.Contains(f.Name) || f.Name == MetricStore.DroppedSeries)];
    }

    /// <summary>Names of the meters that the platform's classes hold; made by that, with their instruments.</summary>
    private static HashSet<string> Meters()
    {
        var meters = new HashSet<string>();
        var assemblies = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name is { } name && name.StartsWith("McpPlatform.", StringComparison.Ordinal) && !name.EndsWith("Tests", StringComparison.Ordinal));
        foreach (var field in assemblies.SelectMany(a => a.GetTypes()).Where(t => !t.ContainsGenericParameters)
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)).Where(f => f.FieldType == typeof(Meter)))
        {
            RuntimeHelpers.RunClassConstructor(field.DeclaringType!.TypeHandle);
            meters.Add(((Meter)field.GetValue(null)!).Name);
        }

        return meters;
    }

    [GeneratedRegex(@"^\| `(mcpp?\.[a-z_.]+)` \| (counter|gauge|histogram)(?:, ([^ |]+))? \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
