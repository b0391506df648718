using McpPlatform.Factory;
using McpPlatform.Gateway;
using McpPlatform.Hosting;
using McpPlatform.Policy;
using McpPlatform.Registry;
using McpPlatform.Standalone;
using McpPlatform.Tracing;

return await ServiceHost.Create(args)
    .With<PolicyModule>().With<RegistryModule>().With<FactoryModule>().With<TracingModule>().With<GatewayModule>().With<WelcomeModule>()
    .RunAsync();
