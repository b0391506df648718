using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Operators see breakers and order them about; gateways tell the registry what they see.</summary>
public abstract class BreakerScenarios(SharedPlatform shared) : IAsyncLifetime
{
    private readonly string _slug = $"k{Guid.NewGuid():n}"[..12];
    private Steps _steps = null!;
    private ScriptedUpstream _one = null!;
    private ScriptedUpstream _other = null!;

    public async ValueTask InitializeAsync() => (_steps, _one, _other) = (await shared.Get(), await ScriptedUpstream.Start(), await ScriptedUpstream.Start());

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_breaker_that_is_forced_open_keeps_calls_away_at_every_gateway_until_it_is_reset()
    {
        await _steps.Register(_slug, new { transport = "http", endpoints = new[] { new { url = _one.Address }, new { url = _other.Address } } });
        var id = (await Breakers()).Single(b => b["address"]!.GetValue<string>() == _one.Address.ToString())["id"]!.GetValue<string>();

        (await _steps.Admin.Post($"/api/v1/breakers/{id}/force-open", new { })).Expect(HttpStatusCode.OK).Json["forced_open"]!.GetValue<bool>().ShouldBeTrue();
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).Distinct().SequenceEqual([$"{_other.Port}"]), Steps.Propagation);

        (await _steps.Admin.Post($"/api/v1/breakers/{id}/reset", new { })).Expect(HttpStatusCode.OK).Json["forced_open"]!.GetValue<bool>().ShouldBeFalse();
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).Distinct().Count() == 2, Steps.Propagation);
    }

    [Fact]
    public async Task A_breaker_that_opened_by_itself_closes_when_it_is_reset()
    {
        await _steps.Register(_slug, new { transport = "http", url = _one.Address });
        _one.Refuses(503);
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).All(a => a == "upstream.breaker_open"), TimeSpan.FromSeconds(20));
        _one.OnCall = _ => Task.FromResult(false);
        var id = (await Breakers()).Single()["id"]!.GetValue<string>();

        (await _steps.Admin.Post($"/api/v1/breakers/{id}/reset", new { })).Expect(HttpStatusCode.OK);

        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).All(a => a == $"{_one.Port}"), Steps.Propagation);
    }

    [Fact]
    public async Task A_server_that_goes_is_reported_by_the_gateways_and_unhealthy_and_healthy_when_it_is_back()
    {
        await _steps.Register(_slug, new { transport = "http", url = _one.Address });
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).All(a => a == $"{_one.Port}"), Steps.Propagation);
        await Until.True(async () => await Seen() is ("healthy", "closed"), TimeSpan.FromSeconds(10), () => "No gateway reports that the server works.");

        await _one.Kill();
        await _steps.OnEveryGateway(async gateway => (await Answers(gateway)).All(a => a == "upstream.breaker_open"), TimeSpan.FromSeconds(20));
        await Until.True(async () => await Seen() is ("unhealthy", "open" or "half_open"), TimeSpan.FromSeconds(20), () => "The server is gone, and its health does not say so.");

        await _one.Listen();
        await Until.True(async () => await Seen() is ("healthy", "closed"), TimeSpan.FromSeconds(90), () => "The server is back, and its health does not say so.");
    }

    [Fact]
    public async Task A_breaker_that_does_not_exist_cannot_be_ordered_about()
    {
        (await _steps.Admin.Post("/api/v1/breakers/nothing/reset", new { })).Expect(HttpStatusCode.NotFound);
        (await _steps.Admin.Post($"/api/v1/breakers/{Guid.NewGuid():n}-0123456789abcdef/force-open", new { })).Expect(HttpStatusCode.NotFound);
    }

    /// <summary>The server's health, and the state that all gateways report of its breaker; empty while they differ.</summary>
    private async Task<(string Health, string Breaker)> Seen()
    {
        var view = (await _steps.Admin.Get($"/api/v1/servers/{_slug}/health")).Expect(HttpStatusCode.OK).Json;
        var states = view["endpoints"]![0]!["gateways"]!.AsArray().Select(g => g!["breaker"]!.GetValue<string>()).Distinct().ToList();
        return (view["health"]!.GetValue<string>(), states.Count == 1 ? states[0] : "");
    }

    private async Task<IReadOnlyList<JsonNode>> Breakers()
    {
        var found = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await _steps.Admin.Get($"/api/v1/breakers?limit=200{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK).Json;
            found.AddRange(page["items"]!.AsArray().Where(b => b!["server"]!.GetValue<string>() == _slug)!);
            cursor = page["next_cursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return found;
    }

    private async Task<IReadOnlyList<string>> Answers(Uri gateway)
    {
        using var caller = new ModernCaller(new Uri(gateway, "/mcp"), _steps.Platform.AdminKey);
        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var answer = await caller.CallPatiently($"{_slug}__unsafe");
            answers.Add(answer.Message!["error"]?["data"]?["code"]?.GetValue<string>() ?? answer.ToolText);
        }

        return answers;
    }
}
