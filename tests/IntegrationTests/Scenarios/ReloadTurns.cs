using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>
/// Changes of the file, one kind after the other, each until a client sees it at every gateway: a server's settings, a role, a limit, a route, and a mistake that has to leave
/// everything as it was. What one turn changed stays until its kind's next one.
/// </summary>
internal sealed class ReloadTurns(ConfiguredPlatform configured)
{
    /// <summary>What the route's tool is given; the number is that of the turn. Only a file with a mistake has another text.</summary>
    public const string RouteText = "turn-";

    public const string Intent = "reloaded.turn";

    private const string Role = "reloaded-role";
    private const string Mistaken = "of a file that must not be taken";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly Steps _steps = configured.Steps;
    private bool _serverIsOn = true;
    private bool _mayDelete;
    private bool _isLimited;
    private int _routeTurn;
    private int _settings;
    private Key? _holder;

    private string Text => File(RouteText + _routeTurn, "title: Under load");

    /// <summary>Writes what is there before the first turn, and waits for it.</summary>
    public async Task Begin()
    {
        await configured.Write(Text);
        await Seen(async gateway => (await Names(gateway, _steps.Platform.AdminKey)).Contains("switched__echo"));
        await Seen(async gateway => await Routed(gateway) == RouteText + _routeTurn);
        await Until.True(async () => (await _steps.Admin.Get($"/api/v1/policies/{Role}")).Status == HttpStatusCode.OK, Soon);
        _holder = await _steps.KeyFor(Role, Role);
    }

    /// <summary>Leaves the file as every test finds it.</summary>
    public async Task End()
    {
        (await _steps.Admin.Delete($"/api/v1/keys/{_holder!.Id}")).Expect(HttpStatusCode.NoContent);
        await configured.Write(configured.Base);
        foreach (var gone in (string[])[$"/api/v1/policies/{Role}", "/api/v1/servers/switched"])
        {
            await Until.True(async () => (await _steps.Admin.Get(gone)).Status == HttpStatusCode.NotFound, Soon, () => $"{gone} is still there.");
        }
    }

    /// <summary>Writes the file of this turn, and waits until it is in force, or refused, everywhere.</summary>
    public async Task<string> Take(int turn)
    {
        switch (turn % 5)
        {
            case 1:
                (_serverIsOn, _settings) = (!_serverIsOn, turn);
                await configured.Write(Text);
                await Seen(async gateway => (await Names(gateway, _steps.Platform.AdminKey)).Contains("switched__echo") == _serverIsOn);
                return "server";
            case 2:
                _mayDelete = !_mayDelete;
                await configured.Write(Text);
                await Seen(async gateway => (await Names(gateway, _holder!.Text)).Contains("declared__delete_thing") == _mayDelete);
                return "role";
            case 3:
                _isLimited = !_isLimited;
                await configured.Write(Text);
                await Seen(async gateway => (await Paced(gateway)) == _isLimited);
                return "limit";
            case 4:
                _routeTurn = turn;
                await configured.Write(Text);
                await Seen(async gateway => await Routed(gateway) == RouteText + turn);
                return "route";
            default:
                await configured.Write(File(Mistaken, "titel: Under load"));
                foreach (var service in (string[])["registry", "policy"])
                {
                    await Seen(async _ => (await _steps.Admin.Get($"/api/v1/configuration/{service}")).Expect(HttpStatusCode.OK).Json["state"]!.GetValue<string>() == "refused");
                }

                return "mistake";
        }
    }

    private string File(string routeText, string title) => $$"""
        servers:
          declared:
            {{title}}
            url: {{configured.Declared.Address}}
            allow_private_address: true
            tags: [turn-{{_settings}}]
            timeouts: { total_ms: {{60_000 + _settings}} }
            max_concurrency: {{1000 + _settings}}
          switched: { url: {{configured.Declared.Address}}, allow_private_address: true, enabled: {{(_serverIsOn ? "true" : "false")}} }
          paced:
            url: {{configured.Declared.Address}}
            allow_private_address: true
            {{(_isLimited ? "tool_rate_limits: { echo: { rate: 0.01, burst: 1 } }" : "tags: [paced]")}}
        policies:
          declared-role:
            grants:
              - { id: echo, effect: allow, actions: ["tools:*"], resources: ["tool:declared/echo"] }
          {{Role}}:
            grants:
              - { id: echo, effect: allow, actions: ["tools:*"], resources: ["tool:declared/{{(_mayDelete ? "*" : "echo")}}"] }
        routes:
          - intent: declared.echo
            candidates: [{ server: declared, tool: echo, constants: { text: from the file, a: 1 } }]
          - intent: {{Intent}}
            candidates: [{ server: declared, tool: echo, constants: { text: {{routeText}} } }]
        tool_sets:
          declared-set:
            members: [{ server: declared, tools: [echo] }]
            overrides: [{ server: declared, name: echo, rename: say, arguments: { text: fixed in the file } }]
        limits:
          max_concurrency: {{(_isLimited ? 4000 : 5000)}}

        """;

    private async Task Seen(Func<Uri, Task<bool>> holds)
    {
        foreach (var gateway in _steps.Platform.Gateways)
        {
            var deadline = TimeProvider.System.GetTimestamp();
            while (!await holds(gateway))
            {
                if (TimeProvider.System.GetElapsedTime(deadline) > Soon)
                {
                    throw new TimeoutException($"A change of the file is not seen at {gateway}:\n{Text}\n{(await _steps.Admin.Get("/api/v1/configuration/registry")).Text}");
                }

                // Closer than Until: what is measured is how long this takes.
                await Task.Delay(20);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> Names(Uri gateway, string key)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp"), key);
        return await caller.ToolNames();
    }

    private async Task<bool> Paced(Uri gateway)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp"), _steps.Platform.AdminKey);
        return (await caller.Call("paced__echo", new JsonObject { ["text"] = "hello" })).ErrorCode == -31003;
    }

    private async Task<string?> Routed(Uri gateway)
    {
        using var client = new ApiClient(gateway, _steps.Platform.AdminKey);
        var answer = await client.Post("/v1/route/execute", new { intent = Intent });
        return answer.Status == HttpStatusCode.OK ? answer.Json["result"]?["content"]?[0]?["text"]?.GetValue<string>() : null;
    }
}
