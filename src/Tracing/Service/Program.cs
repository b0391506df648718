using McpPlatform.Hosting;
using McpPlatform.Tracing;

return await ServiceHost.Create(args).With<TracingModule>().RunAsync();
