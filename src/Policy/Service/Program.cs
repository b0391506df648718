using McpPlatform.Hosting;
using McpPlatform.Policy;

return await ServiceHost.Create(args).With<PolicyModule>().RunAsync();
