using McpPlatform.PackRuntime;

return await RuntimeHost.Run(args);
