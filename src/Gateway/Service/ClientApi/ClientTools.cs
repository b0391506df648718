using System.Buffers;
using System.Text.Json;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>What a client of plain HTTP does with tools: lists and calls them.</summary>
internal sealed class ClientTools(KeptClients clients, ApiCalls calls, McpEndpointOptions options, TimeProvider time)
{
    public async Task List(HttpContext http)
    {
        if (await clients.Find(http) is not { } client)
        {
            return;
        }

        var cursor = (await ClientDoor.ReadOptional<ListToolsBody>(http))?.Cursor;
        if (!KeptClients.TryView(http, client.Plain!.Server, client.Plain.Set, out var server, out var set))
        {
            await http.WriteError(client.Plain.Set is null ? ApiRefusals.NoServer : ApiRefusals.NoSet);
            return;
        }

        var request = ApiCalls.Of(http);
        using var page = new PooledBuffer(16 * 1024);
        var asked = new Asked(request.StartedAt, http.Connection.RemoteIpAddress);
        if (!CatalogList.TryWrite(request.State, request.Caller, McpMethods.ListTools, server, ProtocolEra.Legacy, cursor, asked, page, client.Client.Abilities, set))
        {
            await http.WriteError(Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page."));
            return;
        }

        var next = JsonMembers.Find(page.Written, "nextCursor"u8);
        byte[] answer = [.. "{\"items\":"u8, .. JsonMembers.Find(page.Written, "tools"u8).Span, .. ",\"next_cursor\":"u8, .. next.IsEmpty ? "null"u8 : next.Span, .. "}"u8];
        await ApiResult.Send(http, null, answer);
    }

    public async Task Execute(HttpContext http)
    {
        if (await clients.Find(http) is not { } client)
        {
            return;
        }

        var body = await ClientDoor.Read<ExecuteToolBody>(http);
        var stream = ClientDoor.WantsStream(http.Request);
        Error? wrong = ApiCalls.Check(body.Arguments, body.Context);
        var message = wrong is null ? ApiCalls.Message(body.Tool, ApiCalls.Raw(body.Arguments), ApiCalls.Raw(body.Context), stream, out wrong) : null;
        if (message is null)
        {
            await http.WriteError(wrong!);
            return;
        }

        if (!TimerHeader.TryRead(http.Request.Headers, out var timers, out var malformed))
        {
            await http.WriteError(Error.Invalid("request.timeouts", malformed!.Message));
            return;
        }

        using var running = clients.Sessions.Begin(client.Session, out var ended);
        if (running is null)
        {
            await http.WriteError(Error.TooManyRequests("clients.busy", $"This client has {options.Sessions.MaxRunning} calls under way, as many as it may. Wait for one to end."));
            return;
        }

        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, ended);
        await using var events = stream ? new ApiStream(http, options.KeepAlive, time) : null;
        events?.Watch();
        if (!KeptClients.TryView(http, null, client.Plain!.Set, out _, out var set))
        {
            await (events?.Error(ApiRefusals.NoSet) ?? new ValueTask(http.WriteError(ApiRefusals.NoSet)));
            return;
        }

        var call = calls.Call(http, client.Plain.Server, message, timers, events is null ? null : events.Notify, client, set: set);
        try
        {
            using var outcome = await calls.Run(http, call, cancelled.Token);
            if (ApiCalls.ErrorOf(http, outcome) is { } error)
            {
                await (events?.Error(error) ?? new ValueTask(http.WriteError(error)));
                return;
            }

            await ApiResult.Send(http, events, Answer(http, call, outcome.Answer!.Payload));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            // The client was ended meanwhile; whoever waits for this call learns it.
            await (events?.Error(KeptClients.NotFound) ?? new ValueTask(http.WriteError(KeptClients.NotFound)));
        }
    }

    private static ReadOnlyMemory<byte> Answer(HttpContext http, ToolCall call, ReadOnlyMemory<byte> result)
    {
        var output = new ArrayBufferWriter<byte>(result.Length + 256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("server"u8, call.Route!.Slug);
            json.WriteString("tool"u8, call.Tool!.Name);
            ApiResult.Write(json, result);
            json.WriteString("request_id"u8, RequestIds.Of(http));
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }
}
