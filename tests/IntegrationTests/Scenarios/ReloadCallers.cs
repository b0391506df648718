using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Who calls while the configuration changes, over every gateway: requests without a session, sessions, lists, and routes.</summary>
internal sealed class ReloadCallers : IDisposable
{
    private readonly ModernCaller[] _modern;
    private readonly LegacyCaller[] _sessions;
    private readonly ApiClient[] _plain;

    private ReloadCallers(Steps steps, int sessions)
    {
        var (gateways, key) = (steps.Platform.Gateways, steps.Platform.AdminKey);
        _modern = [.. gateways.Select(gateway => new ModernCaller(new Uri(gateway, "/mcp"), key))];
        _sessions = [.. Enumerable.Range(0, sessions).Select(i => new LegacyCaller(new Uri(gateways[i % gateways.Count], "/mcp"), key))];
        _plain = [.. gateways.Select(gateway => new ApiClient(gateway, key))];
    }

    /// <summary>With sessions that are open.</summary>
    public static async Task<ReloadCallers> Open(Steps steps, int sessions)
    {
        var callers = new ReloadCallers(steps, sessions);
        foreach (var session in callers._sessions)
        {
            _ = (await session.Call("declared__echo", new JsonObject { ["text"] = "hello" })).ToolText;
        }

        return callers;
    }

    /// <summary>The call of this number: of ten, one lists, one asks for an intent, three are of sessions, five are not.</summary>
    public async Task<string?> Call(int number)
    {
        var modern = _modern[number % _modern.Length];
        switch (number % 10)
        {
            case 0:
                var listed = await modern.Request("tools/list");
                return listed.Message?["result"]?["tools"] is JsonArray { Count: > 0 } ? null : $"tools/list: {(int)listed.Status} {listed.Text}";
            case 1:
                var routed = await _plain[number % _plain.Length].Post("/v1/route/execute", new { intent = ReloadTurns.Intent });
                var said = routed.Status == HttpStatusCode.OK ? routed.Json["result"]?["content"]?[0]?["text"]?.GetValue<string>() : null;
                return said?.StartsWith(ReloadTurns.RouteText, StringComparison.Ordinal) == true ? null : $"route: {(int)routed.Status} {routed.Text}";
            default:
                McpCaller caller = number % 10 < 5 ? _sessions[number % _sessions.Length] : modern;
                var answer = await caller.Call("declared__echo", new JsonObject { ["text"] = $"call {number}" });
                return answer.Message?["result"]?["content"]?[0]?["text"]?.GetValue<string>() == $"call {number}" ? null : $"tools/call: {(int)answer.Status} {answer.Text}";
        }
    }

    public void Dispose()
    {
        Array.ForEach(_modern, caller => caller.Dispose());
        Array.ForEach(_sessions, caller => caller.Dispose());
        Array.ForEach(_plain, caller => caller.Dispose());
    }
}
