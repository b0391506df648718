using System.ComponentModel;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Tracing.Application.Traces;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace McpPlatform.Tracing.Api;

/// <summary>What became of the calls of one tool: the records of them, by the tool's address in the catalogue.</summary>
internal static class ExecutionEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var executions = endpoints.MapGroup("/api/v1/tools/{server}/{tool}/executions");
        executions.WithTags("Traces").WithRequestTimeout("management");
        executions.MapGet("", List).RequirePermission(Permissions.TracesRead).AddEndpointFilter(KnownParameters.Only<ExecutionQuery>())
            .WithSummary("Calls of one tool, newest first; the last 24 hours unless from and to say otherwise");
        executions.MapGet("summary", Summarize).RequirePermission(Permissions.TracesRead).AddEndpointFilter(KnownParameters.Only<WindowQuery>())
            .WithSummary("How one tool did: counts, errors by code, durations, and the last error as its record has it");
    }

    private static async Task<Results<Ok<Page<CallSummary>>, ErrorResult>> List(string server, string tool, [AsParameters] ExecutionQuery query, ISender sender, CancellationToken ct) =>
        (await sender.Send(query.ToRequest(server, Name(tool)), ct)).ToOk();

    private static async Task<Results<Ok<ToolExecutions>, ErrorResult>> Summarize(string server, string tool, [AsParameters] WindowQuery query, ISender sender, CancellationToken ct) =>
        (await sender.Send(new SummarizeExecutions(server, Name(tool), query.From, query.To), ct)).ToOk();

    // Routing leaves the slash of a name as it was sent.
    private static string Name(string tool) => tool.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Which calls of the tool. All text: the validator names each one that is wrong.</summary>
internal sealed class ExecutionQuery
{
    [FromQuery(Name = "from"), Description("Earliest start, inclusive: ISO 8601, or a day. Default: a day before to.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Latest start, exclusive. Default: now. At most 31 days after from.")]
    public string? To { get; init; }

    [FromQuery(Name = "subject"), Description("The principal whom the key stood for.")]
    public string? Subject { get; init; }

    [FromQuery(Name = "status"), Description("ok, tool_error, denied, error or cancelled.")]
    public string? Status { get; init; }

    [FromQuery(Name = "min_duration_ms"), Description("Calls that took at least this many milliseconds.")]
    public string? MinDurationMs { get; init; }

    [FromQuery(Name = "limit"), Description("Page size, 1 to 200. Default 50.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("next_cursor of the page before. Keep the other parameters the same.")]
    public string? Cursor { get; init; }

    public ListCalls ToRequest(string server, string tool) => new()
    {
        Server = server,
        Tool = tool,
        From = From,
        To = To,
        Subject = Subject,
        Status = Status,
        MinDurationMs = MinDurationMs,
        Limit = Limit,
        Cursor = Cursor,
    };
}

/// <summary>The range of a summary.</summary>
internal sealed class WindowQuery
{
    [FromQuery(Name = "from"), Description("Earliest start, inclusive: ISO 8601, or a day. Default: a day before to.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Latest start, exclusive. Default: now. At most 31 days after from.")]
    public string? To { get; init; }
}
