using McpPlatform.Factory;
using McpPlatform.Hosting;

return await ServiceHost.Create(args).With<FactoryModule>().RunAsync();
