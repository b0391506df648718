using McpPlatform.Gateway;
using McpPlatform.Hosting;

return await ServiceHost.Create(args).With<GatewayModule>().RunAsync();
