using System.Text.Json;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Tools;

/// <summary>One tool with its definition. Fails with <c>tools.not_found</c>.</summary>
public sealed record GetTool(string Server, string Tool) : IRequest<Result<ToolDetails>>, IQuery;

internal sealed class GetToolHandler(ICatalog catalog) : IRequestHandler<GetTool, Result<ToolDetails>>
{
    public async Task<Result<ToolDetails>> Handle(GetTool request, CancellationToken cancellationToken) =>
        await catalog.Find(request.Server, request.Tool, cancellationToken) is { } tool
            ? new ToolDetails(tool.ServerId, tool.Server, tool.Name, tool.Hash, tool.Enabled, tool.Health, JsonElement.Parse(tool.Definition), tool.Repairs)
            : Error.NotFound("tools.not_found", "There is no such tool.");
}
