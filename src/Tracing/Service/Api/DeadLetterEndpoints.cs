using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Tracing.Application.DeadLetters;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Tracing.Api;

/// <summary>Messages that no consumer could handle, of every tenant: for callers of the default tenant only.</summary>
internal static class DeadLetterEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var letters = endpoints.MapGroup("/api/v1/admin/dead-letters").WithTags("Dead letters").PlatformOnly();
        letters.WithRequestTimeout("management");
        letters.MapGet("/", List).RequirePermission(Permissions.DeadLettersRead).WithSummary("Lists dead letters, the latest first.");
        letters.MapPost("/requeue", RequeueAll).RequirePermission(Permissions.DeadLettersWrite)
            .WithSummary("Sends the parked letters of one queue again, up to 200 at a time.");
        letters.MapGet("/{id:guid}", Get).RequirePermission(Permissions.DeadLettersRead).WithSummary("Shows a dead letter with its content.");
        letters.MapPost("/{id:guid}/requeue", Requeue).RequirePermission(Permissions.DeadLettersWrite).WithSummary("Sends a dead letter to its queue again.");
        letters.MapDelete("/{id:guid}", Discard).RequirePermission(Permissions.DeadLettersWrite).WithSummary("Discards a dead letter: it stays visible and is not sent again.");
    }

    private static async Task<Results<Ok<Page<DeadLetterSummary>>, ErrorResult>> List(
        ISender sender, CancellationToken ct, string? queue = null, string? state = null, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListDeadLetters(queue, state, limit, cursor), ct)).ToOk();

    private static async Task<Results<Ok<DeadLetterDetail>, ErrorResult>> Get(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetDeadLetter(id), ct)).ToOk();

    private static async Task<Results<NoContent, ErrorResult>> Requeue(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new RequeueDeadLetter(id), ct)).ToNoContent();

    private static async Task<Results<Ok<RequeuedLetters>, ErrorResult>> RequeueAll(RequeueDeadLetters body, ISender sender, CancellationToken ct) =>
        (await sender.Send(body, ct)).ToOk();

    private static async Task<Results<NoContent, ErrorResult>> Discard(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new DiscardDeadLetter(id), ct)).ToNoContent();
}
