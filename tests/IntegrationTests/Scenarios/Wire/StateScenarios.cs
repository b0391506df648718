using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>What a modern client carries from one round to the next is worth something to this client, for this request, once.</summary>
public abstract class StateScenarios(SharedPlatform shared, WireBench wire)
{
    private const string Arguments = """{"ask":"elicitation/create","with":{"message":"who?"}}""";
    private const string Accepted = """{"action":"accept","content":{}}""";

    /// <summary>From a server that asks by its result with a state of its own, and from one whose call is held.</summary>
    public static TheoryData<string> Servers => [Bench.ModernSlug, Bench.LegacySlug];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_state_is_refused_to_everybody_else_and_for_everything_else(string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, slug);
        using var thief = client.With(await Bench.FastKey(bench.Steps, "admin"));
        using var elsewhere = client.At(bench.Steps.McpOf(slug == Bench.ModernSlug ? Bench.LegacySlug : Bench.ModernSlug));
        var (key, state) = await Ask(client);
        var answers = Answers(key);

        await Refused(thief, "work", Arguments, state);
        await Refused(elsewhere, "work", Arguments, state);
        await Refused(client, "levels", Arguments, state);
        await Refused(client, "work", """{"ask":"roots/list","with":{}}""", state);
        for (var i = 0; i < state.Length; i += Math.Max(1, state.Length / 12))
        {
            await Refused(client, "work", Arguments, $"{state[..i]}{(state[i] == 'A' ? 'B' : 'A')}{state[(i + 1)..]}");
        }

        await Refused(client, "work", Arguments, state[..^1]);
        await Refused(client, "work", Arguments, "");
        await Refused(client, "work", Arguments, "state-q");
        await using var prompt = await client.Send("prompts/get", $"{answers}\"name\":\"work\",\"arguments\":{{}},\"requestState\":\"{state}\"", name: "work");
        (await prompt.Answer()).ErrorCode.ShouldBe(-32602);

        // After all that it is still worth something to its owner.
        await using var retry = await client.Call("work", Arguments, "2", more: $"{answers}\"requestState\":\"{state}\",");
        (await retry.Answer()).Text.ShouldContain($"\"answer\":{Accepted}");

        async Task Refused(WireClient who, string tool, string arguments, string carried)
        {
            await using var refused = await who.Call(tool, arguments, more: $"{answers}\"requestState\":\"{carried}\",");
            var message = await refused.Answer();
            (message.ErrorCode, message.Json["result"]).ShouldBe((-32602, null), carried);
            message.Text.ShouldNotContain("state-q");
        }
    }

    [Fact]
    public async Task The_servers_own_state_is_not_shown_and_goes_back_to_it()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug);

        var (key, state) = await Ask(client);

        state.ShouldNotContain("state-q");
        await using var retry = await client.Call("work", Arguments, "2", more: $"{Answers(key)}\"requestState\":\"{state}\",");
        (await retry.Answer()).Result["structuredContent"]!["state"]!.GetValue<string>().ShouldBe("state-q");
    }

    [Fact]
    public async Task A_held_call_goes_on_once()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.LegacySlug);
        var (key, state) = await Ask(client);
        var more = $"{Answers(key)}\"requestState\":\"{state}\",";

        await using var first = await client.Call("work", Arguments, "2", more: more);
        (await first.Answer()).Result.ShouldNotBeNull();
        await using var second = await client.Call("work", Arguments, "3", more: more);

        (await second.Answer()).ErrorCode.ShouldBe(-32602);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"unknown":{"action":"accept"}}""")]
    [InlineData("""{"KEY":7}""")]
    public async Task A_round_without_the_answer_is_asked_again(string responses)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.LegacySlug);
        var (key, state) = await Ask(client);

        await using var odd = await client.Call("work", Arguments, "2", more: $"\"inputResponses\":{responses.Replace("KEY", key, StringComparison.Ordinal)},\"requestState\":\"{state}\",");

        var again = (await odd.Answer()).Result;
        again["resultType"]!.GetValue<string>().ShouldBe("input_required");
        again["inputRequests"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe(key);
        await using var last = await client.Call("work", Arguments, "3", more: $"{Answers(key)}\"requestState\":{again["requestState"]!.ToJsonString()},");
        (await last.Answer()).Text.ShouldContain($"\"answer\":{Accepted}");
    }

    [Fact]
    public async Task A_server_is_not_let_ask_what_this_client_did_not_declare()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.LegacySlug, """{"elicitation":{}}""");

        await using var call = await client.Call("work", """{"ask":"sampling/createMessage","with":{}}""");

        // The server got a refusal in the client's name, and made something of it.
        (await call.Answer()).Result["structuredContent"]!["answer"]!["code"]!.GetValue<int>().ShouldBe(-32601);
    }

    private static string Answers(string key) => $"\"inputResponses\":{{\"{key}\":{Accepted}}},";

    private static async Task<(string Key, string State)> Ask(WireClient client)
    {
        await using var call = await client.Call("work", Arguments);
        var result = (await call.Answer()).Result;
        result["resultType"]!.GetValue<string>().ShouldBe("input_required");
        return (result["inputRequests"]!.AsObject().Single<KeyValuePair<string, JsonNode?>>().Key, result["requestState"]!.GetValue<string>());
    }
}
