using McpPlatform.Hosting;
using McpPlatform.Registry;

return await ServiceHost.Create(args).With<RegistryModule>().RunAsync();
