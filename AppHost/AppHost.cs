using McpPlatform.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

builder.AddPublishTarget();

// --- Infrastructure --------------------------------------------------------------------------
// Tests want new databases each time; people want to find theirs again.
var lasts = builder.Environment.EnvironmentName != "Testing";

// Aspire connects as PostgreSQL's superuser, whom row-level security does not bind: here the tenant filters in the services are the only wall. In production give
// each service a role of its own in ConnectionStrings__policydb, and the owner in ConnectionStrings__policydb_migrator (deploy/docker/postgres makes both).
var postgres = builder.AddPostgres("postgres");
var rabbit = builder.AddRabbitMQ("rabbitmq").WithManagementPlugin();
if (lasts)
{
    postgres.WithDataVolume().WithLifetime(ContainerLifetime.Persistent);
    rabbit.WithLifetime(ContainerLifetime.Persistent);
}

var policyDb = postgres.AddDatabase("policydb");
var registryDb = postgres.AddDatabase("registrydb");
var factoryDb = postgres.AddDatabase("factorydb");
var tracingDb = postgres.AddDatabase("tracingdb");

// deploy/docker/secrets.sh makes all three; AppHost/README.md says how they get here.
var internalKey = builder.AddParameter("internal-key", secret: true)
    .WithDescription("Signs what the services say to one another; at least 32 characters.");
var masterKey = builder.AddParameter("master-key", secret: true)
    .WithDescription("Encrypts stored credentials; at least 32 characters. Losing it loses them.");
var adminKey = builder.AddParameter("admin-key", secret: true)
    .WithDescription("The first admin key, taken when the databases are new: mcpp_, 8 hex digits, _, 43 of A-Z, a-z, 0-9, - and _.");

// --- Schema ----------------------------------------------------------------------------------
// One job brings all four databases up to date; nothing serves traffic before it has succeeded.
var migrate = builder.AddProject<Projects.McpPlatform_Standalone>("migrate", launchProfileName: null)
    .WithArgs("migrate")
    .WithReference(rabbit).WaitFor(rabbit)
    .WithEnvironment("MCPP_BOOTSTRAP_ADMIN_KEY", adminKey)
    .RunOnceOnAzure()
    .WithReference(policyDb).WaitFor(policyDb)
    .WithReference(registryDb).WaitFor(registryDb)
    .WithReference(factoryDb).WaitFor(factoryDb)
    .WithReference(tracingDb).WaitFor(tracingDb);

// --- Services --------------------------------------------------------------------------------
var policy = builder.AddService<Projects.McpPlatform_Policy>("policy", rabbit, migrate, internalKey, masterKey)
    .WithReference(policyDb)
    .WithEnvironment("MCPP_BOOTSTRAP_ADMIN_KEY", adminKey)
    .WithReplicas(2);

var registry = builder.AddService<Projects.McpPlatform_Registry>("registry", rabbit, migrate, internalKey, masterKey)
    .WithReference(registryDb);

var tracing = builder.AddService<Projects.McpPlatform_Tracing>("tracing", rabbit, migrate, internalKey, masterKey)
    .WithReference(tracingDb);

var factory = builder.AddService<Projects.McpPlatform_Factory>("factory", rabbit, migrate, internalKey, masterKey)
    .WithReference(factoryDb);
if (builder.ExecutionContext.IsPublishMode)
{
    // In a container of its own, what it deploys is reached by its name.
    factory.WithEnvironment("Factory__DeploymentHost", "factory");
}

// The gateway waits for nobody: it serves from its last snapshot, or says that it is not ready.
// Each replica keeps a spool of its own: two where each has a disk, one here. "Gateways=2" adds a second one with a folder and a port of its own.
var gateway = builder.AddProject<Projects.McpPlatform_Gateway>("gateway", launchProfileName: null)
    .WithReference(rabbit)
    .KnowsService("Policy", policy)
    .KnowsService("Registry", registry)
    .KnowsService("Factory", factory)
    .KnowsService("Tracing", tracing)
    .WithEnvironment("MCPP_INTERNAL_KEY", internalKey)
    .WithEnvironment("MCPP_MASTER_KEY", masterKey)
    .WithListener()
    .WithInternalListener()
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithExternalHttpEndpoint()
    .WithReplicas(builder.ExecutionContext.IsPublishMode ? 2 : 1)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Gateway (MCP, management API)")
    .ScaleOnAzure(min: 1, max: 10);

// Discovery: only gateways talk to upstreams.
registry.KnowsService("Gateway", gateway, endpoint: "internal");

if (builder.Configuration["Gateways"] == "2" && !builder.ExecutionContext.IsPublishMode)
{
    builder.AddProject<Projects.McpPlatform_Gateway>("gateway-2", launchProfileName: null)
        .WithReference(rabbit)
        .KnowsService("Policy", policy)
        .KnowsService("Registry", registry)
        .KnowsService("Factory", factory)
        .KnowsService("Tracing", tracing)
        .WithEnvironment("MCPP_INTERNAL_KEY", internalKey)
        .WithEnvironment("MCPP_MASTER_KEY", masterKey)
        .WithListener()
        .WithInternalListener()
        .WithHttpHealthCheck("/health", endpointName: "http")
        .WithExternalHttpEndpoint();
}

builder.Build().Run();
