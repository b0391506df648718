using System.Reflection;
using System.Text.RegularExpressions;
using McpPlatform.Hosting.Security;
using McpPlatform.Hosting.Versions;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace McpPlatform.Hosting.Documentation;

/// <summary>One OpenAPI document of all modules in the process, and on the gateway of all services, at <c>/openapi/v1.json</c>, and Swagger UI at <c>/swagger</c>.</summary>
internal static partial class ApiDocument
{
    public const string Name = "v1";

    /// <summary>Of the client API alone, for everybody: it holds nothing of any tenant.</summary>
    public const string Client = "client-v1";

    private const string KeyScheme = "ApiKey";

    public static void Add(IServiceCollection services) => AddManagement(AddClient(services));

    private static IServiceCollection AddClient(IServiceCollection services) => services.AddOpenApi(Client, options =>
    {
        options.ShouldInclude = static endpoint => endpoint.RelativePath is { } path && (path.StartsWith("v1/route/", StringComparison.Ordinal) || path.StartsWith("v1/mcp/", StringComparison.Ordinal));
        options.AddDocumentTransformer(static async (document, context, ct) =>
        {
            await Describe(document, context, ct);
            document.Info.Title = "McpPlatform client API";
            document.Info.Description = "Calling tools over plain HTTP: by intent, or as a client that the gateway keeps. Every request carries an API key.";
        });
        options.AddDocumentTransformer(OpenAnswers.Describe);
        options.AddOperationTransformer(Complete);
    });

    private static void AddManagement(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.ShouldInclude = static endpoint => endpoint.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("v0.1/", StringComparison.Ordinal) || path.StartsWith("v1/", StringComparison.Ordinal) || path == "health");
        options.AddDocumentTransformer(Describe);
        options.AddDocumentTransformer(OpenAnswers.Describe);
        options.AddOperationTransformer(Complete);
    });

    public static void Map(WebApplication app, bool hasEdge)
    {
        if (hasEdge)
        {
            app.MapGet($"/openapi/{Client}.json", new ClientDocument().Get).AllowAnonymous().ExcludeFromDescription();
        }

        app.MapGet($"/openapi/{Name}.json", MergedDocument.Get).RequirePermission(Permissions.ApiRead).ExcludeFromDescription();
        app.MapGet("/swagger/key.js", static () => TypedResults.Text(KeyEntry, "text/javascript")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The page itself holds nothing of ours and is open; it asks for a key, keeps it for the tab, and sends it with every request, the document included.</summary>
    public static void UsePage(IApplicationBuilder app) => app.UseSwaggerUI(ui =>
    {
        ui.RoutePrefix = "swagger";
        ui.DocumentTitle = "McpPlatform API";
        ui.SwaggerEndpoint($"/openapi/{Name}.json", "McpPlatform API");
        ui.InjectJavascript("/swagger/key.js");
    });

    // Around fetch, because Swagger UI's own request interceptors need a policy that lets scripts evaluate text.
    private const string KeyEntry = """
        (() => {
          const send = window.fetch.bind(window);
          const ask = () => {
            const key = window.prompt('API key (kept for this tab only):') || '';
            if (key) { sessionStorage.setItem('mcpp-key', key); }
            return key;
          };
          window.fetch = async (input, init) => {
            const request = new Request(input, init);
            if (new URL(request.url).origin !== location.origin) { return send(request); }
            const key = sessionStorage.getItem('mcpp-key') || ask();
            if (key && !request.headers.has('X-Api-Key')) { request.headers.set('X-Api-Key', key); }
            const answer = await send(request);
            if (answer.status === 401) { sessionStorage.removeItem('mcpp-key'); }
            return answer;
          };
        })();
        """;

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "McpPlatform API",
            Version = "1",
            Description = "Management of servers, tools, policies, packs, deployments and traces. Every request carries an API key.",
            License = new OpenApiLicense { Name = "MIT" },
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "X-Api-Key",
            Description = "An API key of a tenant. 'Authorization: Bearer <key>' works as well.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return Task.CompletedTask;
    }

    // Operation ids come from the handler methods: tools made of this document get readable, stable names.
    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (operation.OperationId is null && metadata.OfType<MethodInfo>().FirstOrDefault() is { DeclaringType: { } resource } method && !method.Name.Contains('<'))
        {
            operation.OperationId = $"{resource.Name}_{method.Name}";
        }

        if (metadata.OfType<PermissionMetadata>().FirstOrDefault() is { } permission)
        {
            operation.Description = $"{operation.Description} Needs the permission `{permission.Permission}`.".TrimStart();
        }

        // Endpoints that read their request themselves bind nothing that would describe them.
        foreach (Match name in PathParameter().Matches(context.Description.RelativePath ?? ""))
        {
            if (operation.Parameters?.Any(known => known.Name == name.Groups[1].Value) != true)
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter { Name = name.Groups[1].Value, In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }
        }

        operation.Deprecated |= metadata.OfType<Deprecation>().Any();
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\{\**([A-Za-z_]+)")]
    private static partial Regex PathParameter();
}
