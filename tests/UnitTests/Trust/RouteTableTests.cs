using System.Text.RegularExpressions;
using McpPlatform.Factory;
using McpPlatform.Gateway;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;
using McpPlatform.Policy;
using McpPlatform.Registry;
using McpPlatform.Tracing;
using McpPlatform.UnitTests.Gateway;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Trust;

/// <summary>The table names every endpoint of every module, and says of each what its metadata says.</summary>
public sealed partial class RouteTableTests
{
    [Fact]
    public async Task The_table_names_exactly_the_endpoints_that_the_modules_map_and_whom_they_serve()
    {
        using var folder = new TempFolder();
        await using var app = Platform(folder);

        var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().SelectMany(Rows).Order().ToArray();

        mapped.ShouldBe(RouteTable.All.Select(r => $"{r.Method} {r.Pattern} {Whom(r)}").Order());
    }

    [Fact]
    public void Every_permission_is_one_that_the_policy_engine_knows()
    {
        var asked = RouteTable.All.Select(r => r.Permission).Where(p => p.Length > 0).Distinct();

        asked.Except(global::McpPlatform.PolicyEngine.Permissions.All).ShouldBeEmpty();
    }

    private static WebApplication Platform(TempFolder folder)
    {
        var settings = new Dictionary<string, string?> { ["MCPP_DATA"] = folder.File("data") };
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            settings[$"ConnectionStrings:{service}db"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";
        }

        return ServiceHost.Create([])
            .With<PolicyModule>().With<RegistryModule>().With<FactoryModule>().With<TracingModule>().With<GatewayModule>()
            .Build(new CommandLine(Verb.Run, settings));
    }

    private static IEnumerable<string> Rows(RouteEndpoint endpoint)
    {
        var pattern = "/" + Constraint().Replace(endpoint.RoutePattern.RawText ?? "", "}").Trim('/').Replace("{documentName}", "v1", StringComparison.Ordinal);
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        return (methods.Count == 0 ? ["*"] : methods).Select(method => $"{method} {pattern} {Whom(endpoint)}");
    }

    private static string Whom(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<InternalEndpointMetadata>() is not null ? "services"
        : endpoint.Metadata.GetMetadata<OwnAuthenticationMetadata>() is not null ? "keys"
        : endpoint.Metadata.GetMetadata<PermissionMetadata>() is { } needed ? $"{(endpoint.Metadata.GetMetadata<PlatformOnlyMetadata>() is null ? "" : "platform:")}{needed.Permission}"
        : endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "everybody"
        : "nobody";

    private static string Whom(ReviewedRoute route) => route.Audience switch
    {
        Audience.PlatformHolders => $"platform:{route.Permission}",
        Audience.Holders => route.Permission,
        var audience => audience.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex(":[a-z]+}")]
    private static partial Regex Constraint();
}
