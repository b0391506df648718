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

/// <summary>The calls of the caller's tenant.</summary>
internal static class TraceEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var traces = endpoints.MapGroup("/api/v1/traces");
        traces.WithTags("Traces").WithRequestTimeout("management");
        traces.MapGet("", List).RequirePermission(Permissions.TracesRead).AddEndpointFilter(KnownParameters.Only<TraceQuery>())
            .WithSummary("Calls, newest first; the last 24 hours unless from and to say otherwise");
        traces.MapGet("summary", Summarize).RequirePermission(Permissions.TracesRead).AddEndpointFilter(KnownParameters.Only<SummaryQuery>())
            .WithSummary("Counts, error share and durations, in groups");
        traces.MapGet("{id:guid}", Get).RequirePermission(Permissions.TracesRead)
            .WithSummary("One call in full, with its redacted arguments and result");
    }

    private static async Task<Results<Ok<Page<CallSummary>>, ErrorResult>> List([AsParameters] TraceQuery query, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(query.ToRequest(), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<CallStatistics>, ErrorResult>> Summarize([AsParameters] SummaryQuery query, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new SummarizeCalls(query.From, query.To, query.GroupBy), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<CallDetail>, ErrorResult>> Get(Guid id, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetCall(id), ct);
        return result.ToOk();
    }
}

/// <summary>Filters of the list. All text: the validator names each one that is wrong.</summary>
internal sealed class TraceQuery
{
    [FromQuery(Name = "from"), Description("Earliest start, inclusive: ISO 8601, or a day. Default: a day before to.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Latest start, exclusive. Default: now. At most 31 days after from.")]
    public string? To { get; init; }

    [FromQuery(Name = "subject"), Description("The principal whom the key stood for.")]
    public string? Subject { get; init; }

    [FromQuery(Name = "server"), Description("Slug of the server.")]
    public string? Server { get; init; }

    [FromQuery(Name = "tool"), Description("The server's own name of the tool.")]
    public string? Tool { get; init; }

    [FromQuery(Name = "method"), Description("Protocol method, such as tools/call.")]
    public string? Method { get; init; }

    [FromQuery(Name = "status"), Description("ok, tool_error, denied, error or cancelled.")]
    public string? Status { get; init; }

    [FromQuery(Name = "min_duration_ms"), Description("Calls that took at least this many milliseconds.")]
    public string? MinDurationMs { get; init; }

    [FromQuery(Name = "request_id"), Description("The id that the client saw.")]
    public string? RequestId { get; init; }

    [FromQuery(Name = "trace_id"), Description("W3C trace id.")]
    public string? TraceId { get; init; }

    [FromQuery(Name = "limit"), Description("Page size, 1 to 200. Default 50.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("next_cursor of the page before. Keep the other parameters the same.")]
    public string? Cursor { get; init; }

    public ListCalls ToRequest() => new()
    {
        From = From,
        To = To,
        Subject = Subject,
        Server = Server,
        Tool = Tool,
        Method = Method,
        Status = Status,
        MinDurationMs = MinDurationMs,
        RequestId = RequestId,
        TraceId = TraceId,
        Limit = Limit,
        Cursor = Cursor,
    };
}

/// <summary>Parameters of the summary.</summary>
internal sealed class SummaryQuery
{
    [FromQuery(Name = "from"), Description("Earliest start, inclusive: ISO 8601, or a day. Default: a day before to.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Latest start, exclusive. Default: now. At most 31 days after from.")]
    public string? To { get; init; }

    [FromQuery(Name = "group_by"), Description("tool (default), server, subject or status.")]
    public string? GroupBy { get; init; }
}
