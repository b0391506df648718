using MassTransit;
using McpPlatform.Contracts.Registry;
using McpPlatform.Factory.Application.Deployments;
using McpPlatform.Hosting.Mediation;

namespace McpPlatform.Factory.Infrastructure.Messaging;

/// <summary>Deploys tools that were registered on their own. A tool that cannot be deployed is parked with its reason in the log.</summary>
internal sealed partial class HttpToolChangedConsumer(ISender sender, ILogger<HttpToolChangedConsumer> logger) : IConsumer<HttpToolChanged>
{
    public async Task Consume(ConsumeContext<HttpToolChanged> context)
    {
        var tool = context.Message;
        var result = await sender.Send(
            new SyncHttpTool(tool.ToolId, tool.Slug, tool.Version, tool.Document, tool.BaseUrls, tool.SecretName, tool.Removed),
            context.CancellationToken);
        if (result.Error is { } error)
        {
            ToolRefused(logger, tool.ToolId, tool.Version, error.Code);
            throw new InvalidOperationException($"Tool {tool.ToolId} cannot be deployed: {error.Code}.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {ToolId} version {Version} cannot be deployed: {Code}.")]
    private static partial void ToolRefused(ILogger logger, Guid toolId, long version, string code);
}
