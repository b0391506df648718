using McpPlatform.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

builder.AddPublishTarget();

// --- Infrastructure --------------------------------------------------------------------------
var postgres = builder.AddPostgres("postgres")
    .WithDataVolume()
    .WithLifetime(ContainerLifetime.Persistent);

var policyDb = postgres.AddDatabase("policydb");
var registryDb = postgres.AddDatabase("registrydb");
var factoryDb = postgres.AddDatabase("factorydb");
var tracingDb = postgres.AddDatabase("tracingdb");

var rabbit = builder.AddRabbitMQ("rabbitmq")
    .WithManagementPlugin()
    .WithLifetime(ContainerLifetime.Persistent);

var internalKey = builder.AddParameter("internal-key", secret: true)
    .WithDescription("Signs what the services say to one another; at least 32 characters.");
var masterKey = builder.AddParameter("master-key", secret: true)
    .WithDescription("Encrypts stored credentials; at least 32 characters. Losing it loses them.");

// --- Schema ----------------------------------------------------------------------------------
// One job brings all four databases up to date; nothing serves traffic before it has succeeded.
var migrate = builder.AddProject<Projects.McpPlatform_Standalone>("migrate", launchProfileName: null)
    .WithArgs("migrate")
    .RunOnceOnAzure()
    .WithReference(policyDb).WaitFor(policyDb)
    .WithReference(registryDb).WaitFor(registryDb)
    .WithReference(factoryDb).WaitFor(factoryDb)
    .WithReference(tracingDb).WaitFor(tracingDb);

// --- Services --------------------------------------------------------------------------------
var policy = builder.AddService<Projects.McpPlatform_Policy>("policy", rabbit, migrate, internalKey, masterKey)
    .WithReference(policyDb)
    .WithReplicas(2);

var registry = builder.AddService<Projects.McpPlatform_Registry>("registry", rabbit, migrate, internalKey, masterKey)
    .WithReference(registryDb);

var tracing = builder.AddService<Projects.McpPlatform_Tracing>("tracing", rabbit, migrate, internalKey, masterKey)
    .WithReference(tracingDb);

var factory = builder.AddService<Projects.McpPlatform_Factory>("factory", rabbit, migrate, internalKey, masterKey)
    .WithReference(factoryDb);

// The gateway waits for nobody: it serves from its last snapshot, or says that it is not ready.
// Replicas on one machine would share one spool folder, so there is one here and two where each has a disk of its own.
var gateway = builder.AddProject<Projects.McpPlatform_Gateway>("gateway", launchProfileName: null)
    .WithReference(rabbit)
    .KnowsService("Policy", policy)
    .KnowsService("Registry", registry)
    .KnowsService("Factory", factory)
    .KnowsService("Tracing", tracing)
    .WithEnvironment("MCPP_INTERNAL_KEY", internalKey)
    .WithEnvironment("MCPP_MASTER_KEY", masterKey)
    .WithListeners()
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithExternalHttpEndpoint()
    .WithReplicas(builder.ExecutionContext.IsPublishMode ? 2 : 1)
    .WithUrlForEndpoint("http", url => url.DisplayText = "Gateway (MCP, management API)")
    .ScaleOnAzure(min: 1, max: 10);

registry.KnowsService("Gateway", gateway);   // discovery: only gateways talk to upstreams

builder.Build().Run();
