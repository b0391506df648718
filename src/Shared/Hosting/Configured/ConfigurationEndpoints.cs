using McpPlatform.Configuration;
using McpPlatform.Configuration.Text;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting.Configured;

/// <summary>What each service that has a part in the configuration offers: how it stands, and taking one over that is sent.</summary>
public static class ConfigurationEndpoints
{
    /// <summary>Adds the taker of a module and what watches the operator's file for it.</summary>
    public static void AddConfiguration<TTaker>(this IServiceCollection services)
        where TTaker : class, IConfigurationTaker
    {
        services.AddSingleton<TTaker>();
        services.AddSingleton<ConfigurationWatch<TTaker>>();
        services.AddHostedService(p => p.GetRequiredService<ConfigurationWatch<TTaker>>());
    }

    /// <summary>Maps what a module offers below <c>/api/v1/configuration/{module}</c>.</summary>
    public static void MapConfiguration<TTaker>(this RouteGroupBuilder configuration, string read, string write)
        where TTaker : class, IConfigurationTaker
    {
        configuration.WithTags("Configuration").WithRequestTimeout("management");
        configuration.MapGet("/", static (HttpContext http) => Show(http, http.RequestServices.GetRequiredService<ConfigurationWatch<TTaker>>().Status)).RequirePermission(read).WithSummary("Says which configuration is in force, or why the one that was found is not.");
        configuration.MapPost(
                "/",
                static (HttpContext http, CancellationToken ct, [FromQuery(Name = "dry_run")] bool dryRun = false, string? source = null) =>
                    Declare(http, http.RequestServices.GetRequiredService<TTaker>(), http.RequestServices.GetRequiredService<ConfigurationWatch<TTaker>>().Status, dryRun, source, ct))
            .RequirePermission(write)
            .Accepts<string>("application/yaml", "application/json", "application/toml")
            .WithSummary("Takes a configuration over: makes the records that are managed by file what it says, all or nothing. With dry_run it only says what would change.");
    }

    // The file is the default tenant's: others neither see it nor depend on it.
    private static Ok<ConfigurationStatus> Show(HttpContext http, ConfigurationStatus status) =>
        TypedResults.Ok(http.Caller().TenantId == DefaultTenant.Id ? status : ConfigurationStatus.None);

    private static async Task<Results<Ok<DeclaredPlan>, ErrorResult>> Declare(
        HttpContext http, IConfigurationTaker taker, ConfigurationStatus status, bool dryRun, string? source, CancellationToken ct)
    {
        var caller = http.Caller();
        if (FormatOf(http.Request.ContentType) is not { } format)
        {
            return new Error(ErrorKind.UnsupportedMediaType, "request.media_type", "Send application/yaml, application/json or application/toml.").ToResult();
        }

        var bytes = new byte[LoadedConfiguration.MaxBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        if (length > LoadedConfiguration.MaxBytes)
        {
            return Error.TooLarge("configuration.too_large", $"A configuration has at most {LoadedConfiguration.MaxBytes} bytes.").ToResult();
        }

        var loaded = LoadedConfiguration.OfText(bytes.AsSpan(0, length), format, Name(source));
        if (loaded.Problems.Count == 0 && loaded.Configuration.Launchers.Count > 0)
        {
            loaded = loaded with { Problems = [loaded.Problem("launchers", "Commands never come over the network.", "Keep launchers in the file of the gateway's machine, and send the rest.")] };
        }

        if (loaded.Problems.Count > 0)
        {
            return Error.Unprocessable("configuration.invalid", "The configuration cannot be used; see details. Nothing was changed.", loaded.Problems.Told()).ToResult();
        }

        if (loaded.Configuration.Servers.Values.Any(s => s.AllowPrivateAddress) && !caller.May(Permissions.ServersPrivate))
        {
            return Error.Forbidden("servers.private", $"allow_private_address needs the permission {Permissions.ServersPrivate}. Ask an admin to apply this configuration.").ToResult();
        }

        if (!dryRun && caller.TenantId == DefaultTenant.Id && status.Source is { } file)
        {
            return Error.Conflict("configuration.file", $"The platform reads {file} itself. Change it there: it is taken over within a second.").ToResult();
        }

        var mayLimit = caller.TenantId == DefaultTenant.Id && caller.May(Permissions.TenantsWrite);
        if (loaded.Configuration.Limits?.MaxConcurrency is not null && !mayLimit)
        {
            return Error.Forbidden("tenants.write", $"limits.max_concurrency is the platform's bound for the tenant: only admins of the default tenant set it (permission {Permissions.TenantsWrite}).").ToResult();
        }

        // What a configuration leaves out goes, so that what it changes is seen in the plan alone.
        if (!caller.May(Permissions.ToolsWrite)
            && await taker.Take(http.RequestServices, loaded, isPlan: true, mayLimit, ct) is { IsSuccess: true } plan && plan.Value.Changes.Any(change => change.Path.StartsWith("tool_sets.", StringComparison.Ordinal)))
        {
            return Error.Forbidden("tools.write", $"It changes tool sets, which needs the permission {Permissions.ToolsWrite}. Ask an admin to apply this configuration.").ToResult();
        }

        var result = await taker.Take(http.RequestServices, loaded, dryRun, mayLimit, ct);
        return result.Match<Results<Ok<DeclaredPlan>, ErrorResult>>(
            plan => TypedResults.Ok(plan),
            error => (error with { Details = error.Details is null ? null : error.Told(loaded) }).ToResult());
    }

    private static ConfigFormat? FormatOf(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "application/yaml" => ConfigFormat.Yaml,
        "application/json" => ConfigFormat.Json,
        "application/toml" => ConfigFormat.Toml,
        _ => null,
    };

    private static string Name(string? source) => source is { Length: > 0 and <= 64 } name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') ? name : "configuration";
}
