using System.Globalization;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Tools;

/// <summary>Tools of all servers: by full text, best first, or by server and name.</summary>
/// <param name="Text">Words to find in name and description; null = all. Understands quotes, <c>or</c> and <c>-</c>.</param>
public sealed record SearchTools(string? Text, string? Server, string? Tag, int? Limit, string? Cursor) : IRequest<Result<Page<ToolView>>>, IQuery
{
    public const int MaxTextLength = 256;
}

internal sealed class SearchToolsHandler(ICatalog catalog) : IRequestHandler<SearchTools, Result<Page<ToolView>>>
{
    public async Task<Result<Page<ToolView>>> Handle(SearchTools request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), Position(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        if (request.Text is { } text && (text.Length > SearchTools.MaxTextLength || text.Contains('\0')))
        {
            return Error.Invalid("tools.query", $"q must be at most {SearchTools.MaxTextLength} characters.");
        }

        var filter = new ToolFilter(string.IsNullOrWhiteSpace(request.Text) ? null : request.Text, request.Server, request.Tag);
        var found = await catalog.Search(filter, after.Value, limit.Value + 1, cancellationToken);
        var last = found.Count > limit.Value ? found[limit.Value - 1] : null;
        return new Page<ToolView>(
            [.. found.Take(limit.Value).Select(ToolView.Of)],
            last is null ? null : Paging.Cursor(string.Create(CultureInfo.InvariantCulture, $"{BitConverter.SingleToInt32Bits(last.Rank)} {last.Server} {last.Name}")));
    }

    private static Result<ToolPosition?> Position(string? cursor)
    {
        var key = Paging.Key(cursor);
        if (key.Error is { } error)
        {
            return error;
        }

        if (key.Value is null)
        {
            return (ToolPosition?)null;
        }

        return key.Value.Split(' ', 3) is [var rank, var server, var name] && int.TryParse(rank, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bits)
            ? (ToolPosition?)new ToolPosition(BitConverter.Int32BitsToSingle(bits), server, name)
            : Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page.");
    }
}
