using System.Buffers;
using System.Text.Json;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Intents;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>Intents over plain HTTP: what is wanted goes to whoever can do it.</summary>
internal sealed class RouteEndpoints(ClientDoor door, IntentRouter router, IntentRunner runner, ApiCalls calls, McpEndpointOptions options, TimeProvider time)
{
    private const int MaxNameLength = 256;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.ServiceProvider.GetRequiredService<RouteEndpoints>();
        endpoints.ServiceProvider.GetRequiredService<ClientDoor>().MapPreflight(endpoints, "/v1/route/execute", "/v1/route/discover");
        endpoints.MapPost("/v1/route/execute", (Func<HttpContext, Task>)routes.Execute).AuthenticatesItself()
            .WithTags("Routes").WithName("Route_Execute").WithSummary("Carries out an intent by the first tool that can, of those that this key may call. With Accept: text/event-stream progress comes as events.")
            .WithMetadata(new Accepts<ExecuteRouteBody>(), new Answers<RouteAnswer>(), new Answers<ErrorBody>(StatusCodes.Status404NotFound));
        endpoints.MapPost("/v1/route/discover", (Func<HttpContext, Task>)routes.Discover).AuthenticatesItself()
            .WithTags("Routes").WithName("Route_Discover").WithSummary("Says who would carry out an intent, and why, without calling anybody.")
            .WithMetadata(new Accepts<DiscoverRouteBody>(), new Answers<RouteDiscovery>(), new Answers<ErrorBody>(StatusCodes.Status404NotFound));
    }

    private async Task Execute(HttpContext http)
    {
        if (door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return;
        }

        var body = await ClientDoor.Read<ExecuteRouteBody>(http);
        var (plan, error) = Plan(http, body.Intent, body.Environment, body.Version, ApiCalls.Check(body.Arguments, body.Context));
        if (plan is null)
        {
            await http.WriteError(error!);
            return;
        }

        if (!TimerHeader.TryRead(http.Request.Headers, out var timers, out var malformed))
        {
            await http.WriteError(Error.Invalid("request.timeouts", malformed!.Message));
            return;
        }

        await using var stream = ClientDoor.WantsStream(http.Request) ? new ApiStream(http, options.KeepAlive, time) : null;
        var (given, context) = (ApiCalls.Raw(body.Arguments), ApiCalls.Raw(body.Context));
        if (ApiCalls.Message("x", given, context, wantsProgress: false, out var unreadable) is null)
        {
            await http.WriteError(unreadable!);
            return;
        }

        stream?.Watch();
        using var done = await runner.Run(plan, async (candidate, maxAttempts) =>
        {
            // Read before: only its depth could be too much, and that is the same with any constants.
            var message = ApiCalls.Message(candidate.Tool.Name, candidate.Candidate.ArgumentsWith(given), context, stream is not null, out _)!;
            var call = calls.Call(http, candidate.Tool.Server.Slug, message, timers, stream is null ? null : stream.Notify, era: candidate.Tool.OnlyIn, maxAttempts: maxAttempts);
            return (call, await calls.Run(http, call, http.RequestAborted));
        });
        await Answer(http, stream, body.Intent, done);
    }

    private async Task Discover(HttpContext http)
    {
        if (door.Admit(http) is { } refusal)
        {
            await http.WriteError(refusal);
            return;
        }

        var body = await ClientDoor.Read<DiscoverRouteBody>(http);
        var (plan, error) = Plan(http, body.Intent, body.Environment, body.Version, null);
        if (plan is null)
        {
            await http.WriteError(error!);
            return;
        }

        var view = new RouteDiscovery(body.Intent, View(plan.Candidates[0]), Why(plan), [.. plan.Candidates.Select(Discovered)]);
        await http.Response.WriteAsJsonAsync(view, Hosting.Json.Options, http.RequestAborted);
    }

    /// <summary>The plan, or why there is none.</summary>
    private (IntentPlan? Plan, Error? Error) Plan(HttpContext http, string intent, string? environment, string? version, Error? wrong)
    {
        var details = new List<ErrorDetail>(wrong?.Details ?? []);
        if (intent.Length is 0 or > MaxNameLength)
        {
            details.Add(new ErrorDetail("intent", $"must be 1 to {MaxNameLength} characters"));
        }

        if (environment is { Length: 0 or > MaxNameLength })
        {
            details.Add(new ErrorDetail("environment", $"must be 1 to {MaxNameLength} characters, or left out"));
        }

        VersionRange? versions = null;
        if (version is not null && !VersionRange.TryParse(version, out versions))
        {
            details.Add(new ErrorDetail("version", VersionRange.Rule));
        }

        if (details.Count > 0)
        {
            return (null, Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", details));
        }

        var request = ApiCalls.Of(http);
        var asked = new Asked(request.StartedAt, http.Connection.RemoteIpAddress);
        if (router.Plan(request.State, request.Caller, asked, new IntentQuestion(intent, environment, versions)) is { } plan)
        {
            return (plan, null);
        }

        var near = router.Near(request.State, request.Caller, asked, intent);
        var hint = near.Count == 0 ? "Routes (/api/v1/routes) and integrations (/v1/integrations/mcp) say what there is."
            : near.Contains(intent, StringComparer.Ordinal) ? "It is done in other environments or versions: ask /v1/route/discover without them."
            : $"Did you mean {string.Join(", ", near)}?";
        return (null, new Error(
            ErrorKind.NotFound, "routes.unknown_intent", $"Nobody carries out this intent for this key. {hint}", [.. near.Select(name => new ErrorDetail("intent", name))]));
    }

    private static async Task Answer(HttpContext http, ApiStream? stream, string intent, IntentOutcome done)
    {
        if (ApiCalls.ErrorOf(http, done.Outcome) is { } error)
        {
            // Who was asked, when it was more than the one that the error is about.
            var tried = error with { Details = [.. error.Details ?? [], .. done.Attempts.Select(a => new ErrorDetail($"{a.Candidate.Tool.Server.Slug}/{a.Candidate.Tool.Name}", a.Code ?? "answered"))] };
            await (stream?.Error(tried) ?? new ValueTask(http.WriteError(tried)));
            return;
        }

        var output = new ArrayBufferWriter<byte>(done.Outcome.Answer!.Payload.Length + 512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("intent"u8, intent);
            ApiResult.Write(json, done.Outcome.Answer.Payload);
            json.WritePropertyName("served_by"u8);
            JsonSerializer.Serialize(json, View(done.Attempts[^1].Candidate), Hosting.Json.Options);
            json.WritePropertyName("attempts"u8);
            JsonSerializer.Serialize(json, done.Attempts.Select(a => new AttemptView(a.Candidate.Tool.Server.Slug, a.Candidate.Tool.Name, a.Code is null ? "answered" : "failed", a.Code)), Hosting.Json.Options);
            json.WriteString("request_id"u8, RequestIds.Of(http));
            json.WriteEndObject();
        }

        await ApiResult.Send(http, stream, output.WrittenMemory);
    }

    private static CandidateView View(PlannedCandidate planned) => new(
        planned.Tool.Server.Slug, planned.Tool.Name, planned.Way.Environment is { Length: > 0 } environment ? environment : null, planned.Way.Version?.ToString(), planned.Source,
        planned.Way.RouteId, planned.Candidate.Integration);

    private static DiscoveredCandidate Discovered(PlannedCandidate planned)
    {
        var schema = JsonMembers.Find(planned.Tool.Definition, "inputSchema"u8);
        return new DiscoveredCandidate(
            View(planned), !planned.IsOpen, planned.Candidate.Weight, JsonMembers.Text(JsonMembers.Find(planned.Tool.Definition, "description"u8)),
            schema.IsEmpty ? null : JsonElement.Parse(schema.Span));
    }

    private static string Why(IntentPlan plan)
    {
        var first = plan.Candidates[0];
        var source = first.Way.RouteId is null ? $"no route names the intent, and the integration '{first.Candidate.Integration}' declares it" : "a route names the intent";
        var environment = first.Way.Environment.Length == 0 ? "it serves every environment" : plan.Question.Environment is null ? $"its environment is {first.Way.Environment} and none was asked for" : $"its environment is {first.Way.Environment}";
        var version = first.Way.Version is { } v ? plan.Question.Versions is null ? $"version {v} is the highest there is" : $"version {v} is the highest in the range" : "it has no version";
        var turn = first.Way.Balancing switch
        {
            IntentBalancing.RoundRobin => "candidates take turns",
            IntentBalancing.WeightedRandom => "candidates are drawn by weight",
            _ => "candidates are asked in order",
        };
        return $"{source}; {environment}; {version}; {turn}{(first.IsOpen ? "; none of them is well at the moment" : "")}.";
    }
}
