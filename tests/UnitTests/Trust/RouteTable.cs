using System.Globalization;

namespace McpPlatform.UnitTests.Trust;

/// <summary>Who may use an address, as reviewed by a person.</summary>
public enum Audience
{
    /// <summary>Everybody, without a key.</summary>
    Everybody,

    /// <summary>Keys with one permission.</summary>
    Holders,

    /// <summary>Keys of the default tenant with one permission.</summary>
    PlatformHolders,

    /// <summary>Any valid key: the endpoint decides by policy what it shows.</summary>
    Keys,

    /// <summary>The platform's own services, on the internal listener.</summary>
    Services,
}

/// <summary>One address.</summary>
/// <param name="Method">HTTP method; <c>*</c> = any.</param>
/// <param name="Pattern">Without route constraints.</param>
/// <param name="Permission">What holders hold; empty for other audiences.</param>
/// <param name="Answer">Status that whoever may use it gets for a request that names things which do not exist, or has a body that is no object.</param>
public sealed record ReviewedRoute(string Method, string Pattern, Audience Audience, string Permission, int Answer)
{
    public override string ToString() => $"{Method} {Pattern}";

    /// <summary>Whether the API description names it.</summary>
    public bool IsDescribed => Method != "OPTIONS" && (Pattern.StartsWith("/api/v1/", StringComparison.Ordinal) || Pattern.StartsWith("/v0.1/", StringComparison.Ordinal) || Pattern.StartsWith("/v1/", StringComparison.Ordinal) || Pattern == "/health");
}

/// <summary>
/// Every address of the platform and who may use it. A route that is not here fails a test, and so does one that behaves otherwise: whoever adds a route
/// decides here, in review, whom it serves.
/// </summary>
public static class RouteTable
{
    private const string Text = """
        GET    /alive                                                 everybody                 200
        GET    /health                                                everybody                 200
        GET    /swagger/key.js                                        everybody                 200
        GET    /openapi/v1.json                                       api:read                  200
        GET    /openapi/client-v1.json                                everybody                 200
        GET    /metrics                                               platform:metrics:read     200

        *      /mcp                                                   keys                      400
        *      /mcp/servers/{server}                                  keys                      404
        *      /sse                                                   keys                      400
        *      /mcp/servers/{server}/sse                              keys                      404
        *      /mcp/ws                                                keys                      400
        *      /mcp/servers/{server}/ws                               keys                      404
        *      /mcp/sets/{set}                                        keys                      404
        *      /mcp/sets/{set}/sse                                    keys                      404
        *      /mcp/sets/{set}/ws                                     keys                      404
        GET    /.well-known/oauth-protected-resource                  everybody                 200
        GET    /.well-known/oauth-protected-resource/mcp              everybody                 200
        GET    /.well-known/oauth-protected-resource/mcp/servers/{server}    everybody          200
        GET    /.well-known/oauth-protected-resource/sse              everybody                 200
        GET    /.well-known/oauth-protected-resource/mcp/ws           everybody                 200
        GET    /.well-known/oauth-protected-resource/mcp/servers/{server}/sse    everybody      200
        GET    /.well-known/oauth-protected-resource/mcp/servers/{server}/ws     everybody      200
        GET    /.well-known/oauth-protected-resource/mcp/sets/{set}   everybody                 200
        GET    /.well-known/oauth-protected-resource/mcp/sets/{set}/sse          everybody      200
        GET    /.well-known/oauth-protected-resource/mcp/sets/{set}/ws           everybody      200

        GET    /api/v1/tenants                                        platform:tenants:read     200
        POST   /api/v1/tenants                                        platform:tenants:write    400
        GET    /api/v1/tenants/{tenant}                               platform:tenants:read     404
        PUT    /api/v1/tenants/{tenant}                               platform:tenants:write    400
        DELETE /api/v1/tenants/{tenant}                               platform:tenants:write    404
        POST   /api/v1/tenants/{tenant}/keys                          platform:tenants:write    400

        GET    /api/v1/admin/dead-letters                             platform:dead-letters:read    200
        GET    /api/v1/admin/dead-letters/{id}                        platform:dead-letters:read    404
        POST   /api/v1/admin/dead-letters/{id}/requeue                platform:dead-letters:write   404
        POST   /api/v1/admin/dead-letters/requeue                     platform:dead-letters:write   400
        DELETE /api/v1/admin/dead-letters/{id}                        platform:dead-letters:write   404

        GET    /api/v1/admin/metrics                                  platform:metrics:read     200

        GET    /api/v1/configuration/policy                           policies:read             200
        POST   /api/v1/configuration/policy                           policies:write            422
        GET    /api/v1/configuration/registry                         servers:read              200
        POST   /api/v1/configuration/registry                         servers:write             422

        GET    /api/v1/keys                                           keys:read                 200
        POST   /api/v1/keys                                           keys:write                400
        GET    /api/v1/keys/{id}                                      keys:read                 404
        PATCH  /api/v1/keys/{id}                                      keys:write                400
        DELETE /api/v1/keys/{id}                                      keys:write                404

        GET    /api/v1/policies                                       policies:read             200
        POST   /api/v1/policies                                       policies:write            400
        POST   /api/v1/policies/explain                               policies:read             400
        GET    /api/v1/policies/{policy}                              policies:read             404
        PUT    /api/v1/policies/{policy}                              policies:write            400
        DELETE /api/v1/policies/{policy}                              policies:write            404

        GET    /api/v1/servers                                        servers:read              200
        POST   /api/v1/servers                                        servers:write             400
        GET    /api/v1/servers/{server}                               servers:read              404
        PATCH  /api/v1/servers/{server}                               servers:write             400
        DELETE /api/v1/servers/{server}                               servers:write             404
        POST   /api/v1/servers/{server}/discover                      servers:write             404
        GET    /api/v1/servers/{server}/offer                         servers:read              404
        GET    /api/v1/servers/{server}/changes                       servers:read              404
        POST   /api/v1/servers/{server}/changes/{change}/accept       servers:write             404
        POST   /api/v1/servers/{server}/changes/{change}/reject       servers:write             404
        GET    /api/v1/servers/{server}/health                        servers:read              404
        GET    /v0.1/servers                                          servers:read              200
        GET    /v0.1/servers/{name}/versions                          servers:read              404
        GET    /v0.1/servers/{name}/versions/{version}                servers:read              404
        PUT    /v0.1/servers/{name}/versions/{version}                servers:read              501
        DELETE /v0.1/servers/{name}/versions/{version}                servers:read              501
        PATCH  /v0.1/servers/{name}/versions/{version}/status         servers:read              501
        GET    /v0.1/servers/{space}/{slug}/versions                  servers:read              404
        GET    /v0.1/servers/{space}/{slug}/versions/{version}        servers:read              404
        PUT    /v0.1/servers/{space}/{slug}/versions/{version}        servers:read              501
        DELETE /v0.1/servers/{space}/{slug}/versions/{version}        servers:read              501
        PATCH  /v0.1/servers/{space}/{slug}/versions/{version}/status servers:read              501
        POST   /v0.1/publish                                          servers:read              501
        GET    /api/v1/routes                                         servers:read              200
        POST   /api/v1/routes                                         servers:write             400
        GET    /api/v1/routes/{id}                                    servers:read              404
        PUT    /api/v1/routes/{id}                                    servers:write             400
        DELETE /api/v1/routes/{id}                                    servers:write             404
        GET    /v1/integrations/mcp                                   servers:read              200
        POST   /v1/integrations/mcp                                   servers:write             400
        GET    /v1/integrations/mcp/{integration}                     servers:read              404
        PUT    /v1/integrations/mcp/{integration}                     servers:write             400
        DELETE /v1/integrations/mcp/{integration}                     servers:write             404
        POST   /v1/route/execute                                      keys                      400
        POST   /v1/route/discover                                     keys                      400
        POST   /v1/mcp/clients                                        keys                      400
        GET    /v1/mcp/clients                                        keys                      200
        GET    /v1/mcp/clients/{id}                                   keys                      404
        DELETE /v1/mcp/clients/{id}                                   keys                      404
        POST   /v1/mcp/clients/{id}/tools                             keys                      404
        POST   /v1/mcp/clients/{id}/execute                           keys                      404
        OPTIONS /v1/route/execute                                             everybody                 204
        OPTIONS /v1/route/discover                                            everybody                 204
        OPTIONS /v1/mcp/clients                                               everybody                 204
        OPTIONS /v1/mcp/clients/{id}                                          everybody                 204
        OPTIONS /v1/mcp/clients/{id}/tools                                    everybody                 204
        OPTIONS /v1/mcp/clients/{id}/execute                                  everybody                 204
        DELETE /api/v1/admin/cache                                    servers:write             200
        GET    /api/v1/breakers                                       servers:read              200
        POST   /api/v1/breakers/{id}/reset                            servers:write             404
        POST   /api/v1/breakers/{id}/force-open                       servers:write             404

        GET    /api/v1/tools                                          tools:read                200
        POST   /api/v1/tools                                          tools:write               400
        GET    /api/v1/tool-sets                                      tools:read                200
        POST   /api/v1/tool-sets                                      tools:write               400
        GET    /api/v1/tool-sets/{set}                                tools:read                404
        PUT    /api/v1/tool-sets/{set}                                tools:write               400
        DELETE /api/v1/tool-sets/{set}                                tools:write               404
        GET    /api/v1/tool-sets/{set}/versions                       tools:read                404
        GET    /api/v1/tool-sets/{set}/versions/{version}             tools:read                404
        GET    /api/v1/tool-sets/{set}/diff                           tools:read                404
        POST   /api/v1/tool-sets/{set}/rollback                       tools:write               400
        GET    /api/v1/tools/{server}/{tool}                          tools:read                404
        GET    /api/v1/tools/http                                     tools:read                200
        GET    /api/v1/tools/http/{id}                                tools:read                404
        PUT    /api/v1/tools/http/{id}                                tools:write               400
        DELETE /api/v1/tools/http/{id}                                tools:write               404
        GET    /api/v1/tools/http/{id}/history                        tools:read                404

        POST   /api/v1/packs/analyze                                  packs:write               422
        POST   /api/v1/packs                                          packs:write               400
        GET    /api/v1/packs                                          packs:read                200
        GET    /api/v1/packs/{namespace}/{name}/{version}             packs:read                404
        GET    /api/v1/packs/{namespace}/{name}/{version}/lock        packs:read                404
        DELETE /api/v1/packs/{namespace}/{name}/{version}             packs:write               404

        POST   /api/v1/landing-zones                                  landing-zones:write       400
        GET    /api/v1/landing-zones                                  landing-zones:read        200
        GET    /api/v1/landing-zones/{name}                           landing-zones:read        404
        PUT    /api/v1/landing-zones/{name}                           landing-zones:write       400
        DELETE /api/v1/landing-zones/{name}                           landing-zones:write       404

        PUT    /api/v1/secrets/{name}                                 secrets:write             400
        GET    /api/v1/secrets                                        secrets:read              200
        DELETE /api/v1/secrets/{name}                                 secrets:write             404

        POST   /api/v1/deployments                                    deployments:write         400
        GET    /api/v1/deployments                                    deployments:read          200
        GET    /api/v1/deployments/{id}                               deployments:read          404
        GET    /api/v1/deployments/{id}/logs                          deployments:read          404
        POST   /api/v1/deployments/{id}/restart                       deployments:write         404
        DELETE /api/v1/deployments/{id}                               deployments:write         404

        GET    /api/v1/traces                                         traces:read               200
        GET    /api/v1/tools/{server}/{tool}/executions               traces:read               200
        GET    /api/v1/tools/{server}/{tool}/executions/summary       traces:read               200
        GET    /api/v1/traces/summary                                 traces:read               200
        GET    /api/v1/traces/{id}                                    traces:read               404

        GET    /api/v1/admin/cache                                    servers:read              200
        GET    /api/v1/gateway/status                                 servers:read              200
        GET    /api/v1/gateway/servers/{server}/stderr                servers:read              404
        GET    /api/v1/gateway/launchers                              servers:read              200

        GET    /internal/v1/metrics                                   services                  200
        GET    /internal/v1/policy/snapshot                           services                  200
        POST   /internal/v1/policy/limit-leases                       services                  400
        GET    /internal/v1/registry/snapshot                         services                  200
        POST   /internal/v1/registry/endpoint-reports                 services                  400
        POST   /internal/v1/registry/catalogs                         services                  400
        PUT    /internal/v1/registry/deployments/{deployment}/server  services                  400
        DELETE /internal/v1/registry/deployments/{deployment}/server  services                  204
        POST   /internal/v1/gateway/discover                          services                  400
        *      /internal/v1/gateway/sessions/mcp                      services                  401
        *      /internal/v1/gateway/sessions/mcp/servers/{server}     services                  401
        *      /internal/v1/gateway/sessions/sse                      services                  401
        GET    /internal/v1/gateway/sessions/v1/mcp/clients/{id}      services                  401
        DELETE /internal/v1/gateway/sessions/v1/mcp/clients/{id}      services                  401
        POST   /internal/v1/gateway/sessions/v1/mcp/clients/{id}/tools    services              401
        POST   /internal/v1/gateway/sessions/v1/mcp/clients/{id}/execute  services              401
        *      /internal/v1/gateway/sessions/mcp/servers/{server}/sse services                  401
        *      /internal/v1/gateway/sessions/mcp/sets/{set}           services                  401
        *      /internal/v1/gateway/sessions/mcp/sets/{set}/sse       services                  401
        POST   /internal/v1/tracing/batches/committed                 services                  400
        """;

    public static IReadOnlyList<ReviewedRoute> All { get; } =
        [.. Text.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => c.Length == 4).Select(Read)];

    private static ReviewedRoute Read(string[] columns)
    {
        var (audience, permission) = columns[2] switch
        {
            "everybody" => (Audience.Everybody, ""),
            "keys" => (Audience.Keys, ""),
            "services" => (Audience.Services, ""),
            var platform when platform.StartsWith("platform:", StringComparison.Ordinal) => (Audience.PlatformHolders, platform["platform:".Length..]),
            var holders => (Audience.Holders, holders),
        };
        return new ReviewedRoute(columns[0], columns[1], audience, permission, int.Parse(columns[3], CultureInfo.InvariantCulture));
    }
}
