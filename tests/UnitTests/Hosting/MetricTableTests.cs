using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using McpPlatform.Factory;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Caching;
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

    [Fact]
    public async Task Every_query_of_dashboards_and_alerts_names_a_metric_that_exists()
    {
        var exported = (await Registered()).Select(PrometheusExporter.NameOf).ToHashSet();
        exported.UnionWith(["http_server_request_duration_seconds", "http_server_active_requests"]);
        var labels = Attribute().Matches(Repository.Read("docs/operations.md")).Select(m => m.Groups[1].Value.Replace('.', '_')).ToHashSet();
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "deploy/monitoring")).Where(f => !f.EndsWith(".md", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBe(2);

        foreach (var file in files)
        {
            var asked = Asked().Matches(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Select(m => m.Value).Where(a => !labels.Contains(a)).ToList();
            asked.Count.ShouldBeGreaterThan(5, file);
            asked.Select(a => Part().Replace(a, "")).Where(a => !exported.Contains(a)).Distinct().ShouldBeEmpty(file);
        }
    }

    /// <summary>Every instrument that any module makes, and the two that are kept elsewhere.</summary>
    private static async Task<IReadOnlyList<MetricFamily>> Registered()
    {
        using var folder = new TempFolder();
        var settings = new Dictionary<string, string?> { ["MCPP_DATA"] = folder.File("data"), ["Gateway:Cache:Redis:Url"] = "redis://127.0.0.1:1" };
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            settings[$"ConnectionStrings:{service}db"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";
        }

        await using var app = ServiceHost.Create([])
            .With<PolicyModule>().With<RegistryModule>().With<FactoryModule>().With<TracingModule>().With<GatewayModule>()
            .Build(new CommandLine(Verb.Run, settings));
        app.Services.GetRequiredService<GatewayGauges>();
        app.Services.GetRequiredService<CachedCalls>();
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

    [GeneratedRegex(@"\b(?:mcpp?|http_server)_[a-z_]+")]
    private static partial Regex Asked();

    /// <summary>A name by which series are told apart, in the third column.</summary>
    [GeneratedRegex(@"(?<=^\| `mcpp?\.[a-z_.]+` \| [^|]+\|[^|]*)`(mcpp?\.[a-z_.]+)`(?=[^|]*\|)", RegexOptions.Multiline)]
    private static partial Regex Attribute();

    /// <summary>What a histogram's parts have behind its name.</summary>
    [GeneratedRegex("(?<=_seconds)_(bucket|sum|count)$")]
    private static partial Regex Part();
}
