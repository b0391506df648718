using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>A call with progress, logs and a question, for every era of client with every era of server.</summary>
public abstract class BridgeScenarios(SharedPlatform shared, WireBench wire)
{
    private const string Elicitation = """{"message":"who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}}}}""";
    private const string Sampling = """{"messages":[{"role":"user","content":{"type":"text","text":"hi"}}],"maxTokens":9007199254740991}""";

    /// <summary>Eras, the question's method, its parameters, and an answer with members that nobody knows.</summary>
    public static TheoryData<string, string, string, string, string> Questions => new MatrixTheoryData<string, string, (string Method, string With, string Answer)>(
        [WireClient.Modern, WireClient.Legacy],
        [Bench.ModernSlug, Bench.LegacySlug],
        [
            ("elicitation/create", Elicitation, """{"action":"accept","content":{"name":"Ada \u2028","n":0.10},"x-unknown":[1e400]}"""),
            ("sampling/createMessage", Sampling, """{"role":"assistant","content":{"type":"text","text":"hello"},"model":"m","stopReason":"endTurn"}"""),
            ("roots/list", "{}", """{"roots":[{"uri":"file:///a","name":"a"}]}"""),
        ]).Aggregate(new TheoryData<string, string, string, string, string>(), (all, row) =>
        {
            var (version, slug, (method, with, answer)) = row.Data;
            all.Add(version, slug, method, with, answer);
            return all;
        });

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_call_passes_on_progress_and_logs_and_its_question_in_the_clients_way(string version, string slug, string method, string with, string answer)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var meta = "\"progressToken\":\"t-1\"" + (client.IsModern ? ",\"io.modelcontextprotocol/logLevel\":\"info\"" : "");
        var arguments = $$"""{"ask":"{{method}}","with":{{with}}}""";
        if (!client.IsModern)
        {
            await using var level = await client.Send("logging/setLevel", "\"level\":\"info\"", "0");
            (await level.Answer()).Text.ShouldBe("""{"jsonrpc":"2.0","id":0,"result":{}}""");
        }

        await using var call = await client.Call("work", arguments, "\"c1\"", meta);
        var before = new List<WireMessage>();
        WireMessage? message;
        while ((message = await call.Next()) is { IsAnswer: false } early && early.Method != method)
        {
            before.Add(early);
        }

        before.Select(m => m.Method).ShouldBe(["notifications/progress", "notifications/message"]);
        before[0].Params!["progressToken"]!.ToJsonString().ShouldBe("\"t-1\"");
        before[1].Params!["data"]!.ToJsonString().ShouldBe("\"begun\"");
        List<WireMessage> rest;
        if (client.IsModern)
        {
            var asked = message!.Result;
            asked["resultType"]!.GetValue<string>().ShouldBe("input_required");
            var question = asked["inputRequests"]!.AsObject().ShouldHaveSingleItem();
            question.Value!["method"]!.GetValue<string>().ShouldBe(method);
            message.Text.ShouldContain(with);
            var state = asked["requestState"]!.ToJsonString();
            await using var retry = await client.Call("work", arguments, "\"c2\"", meta, $$"""
                "inputResponses":{"{{question.Key}}":{{answer}}},"requestState":{{state}},
                """);
            rest = await retry.All();
            rest[^1].Id.ShouldBe("\"c2\"");
        }
        else
        {
            message!.Text.ShouldContain(with);
            await client.Reply(message.Id, answer);
            rest = await call.All();
            rest[^1].Id.ShouldBe("\"c1\"");
        }

        rest.Count(m => m.Method == "notifications/progress").ShouldBe(1);
        rest[^1].Text.ShouldContain($"\"answer\":{answer}");
        if (slug == Bench.ModernSlug)
        {
            rest[^1].Result["structuredContent"]!["state"]!.GetValue<string>().ShouldBe("state-q");
        }

        bench.Upstream(slug).Violations.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Several_questions_at_once_are_answered_each_by_its_own_answer(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        var answer = await Converse(client, "several", (method, parameters) => $$"""{"of":"{{method}}","n":{{parameters["n"]!.ToJsonString()}}}""");

        answer.Text.ShouldContain("""{"answers":[{"of":"elicitation/create","n":"a"},{"of":"sampling/createMessage","n":"b"},{"of":"roots/list","n":"c"}]}""");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task One_question_after_the_other_is_answered_in_their_order(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        var answer = await Converse(client, "rounds", (_, parameters) => $$"""{"to":{{parameters["message"]!.ToJsonString()}}}""");

        answer.Text.ShouldContain("""{"answers":[{"to":"1"},{"to":"2"},{"to":"3"}]}""");
    }

    /// <summary>Calls a tool and answers whatever it asks, in the client's way.</summary>
    private static async Task<WireMessage> Converse(WireClient client, string tool, Func<string, JsonNode, string> answer, string arguments = "{}")
    {
        var more = "";
        for (var round = 1; round <= 8; round++)
        {
            await using var call = await client.Call(tool, arguments, $"{round}", more: more);
            while (await call.Next() is { } message)
            {
                if (!message.IsAnswer && message.Id.Length > 0)
                {
                    await client.Reply(message.Id, answer(message.Method!, message.Params!));
                }
                else if (message.IsAnswer && message.Json["result"]?["resultType"]?.GetValue<string>() == "input_required")
                {
                    var answers = message.Result["inputRequests"]!.AsObject().Select(q => $"\"{q.Key}\":{answer(q.Value!["method"]!.GetValue<string>(), q.Value["params"]!)}");
                    more = $"\"inputResponses\":{{{string.Join(',', answers)}}},"
                        + (message.Result["requestState"] is { } state ? $"\"requestState\":{state.ToJsonString()}," : "");
                }
                else if (message.IsAnswer)
                {
                    return message;
                }
            }
        }

        throw new InvalidOperationException("It asks and asks.");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Nobody_is_asked_who_did_not_say_that_it_can_be(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug, "{}");

        await using var call = await client.Call("work", $$"""{"ask":"elicitation/create","with":{{Elicitation}}}""");

        // A modern server asks by its result, whatever the client declared: what it sends to a client of its own era is its own affair.
        var all = await call.All();
        all.ShouldNotContain(m => m.Method == "elicitation/create");
        if (version == WireClient.Legacy || slug == Bench.LegacySlug)
        {
            all.ShouldNotContain(m => m.Text.Contains("input_required", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Two_hundred_messages_of_progress_come_in_order_and_before_the_result(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        await using var call = await client.Call("count", """{"n":200,"tag":"t"}""", meta: "\"progressToken\":4711");

        var all = await call.All();
        all.Count.ShouldBe(201);
        all[^1].IsAnswer.ShouldBeTrue();
        all.Take(200).Select(m => m.Params!["progress"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, 200));
        all.Take(200).ShouldAllBe(m => m.Params!["progressToken"]!.ToJsonString() == "4711");
    }

    /// <summary>Over the streams of a process, shared by several callers and by one alone.</summary>
    [Theory]
    [InlineData(WireClient.Modern, "conformance", "tenant")]
    [InlineData(WireClient.Legacy, "conformance", "session")]
    [InlineData(WireClient.Modern, "conformance-legacy", "tenant")]
    [InlineData(WireClient.Legacy, "conformance-legacy", "tenant")]
    [InlineData(WireClient.Legacy, "conformance-legacy", "session")]
    public async Task So_they_do_from_a_process(string version, string launcher, string scope)
    {
        _ = ConformanceFixture.Script;
        var bench = await wire.Get(shared);
        var slug = $"p-{Guid.NewGuid():n}"[..14];
        var id = await bench.Steps.Register(slug, new { transport = "stdio", launcher, scope });
        using var client = await bench.Client(version, slug);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async index =>
        {
            await using var call = await client.Call("bb_progress", """{"n":200}""", $"{index}", meta: $"\"progressToken\":\"t-{index}\"");
            var all = await call.All();
            all.Take(200).Select(m => m.Params!["progress"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, 200));
            all.Take(200).ShouldAllBe(m => m.Params!["progressToken"]!.GetValue<string>() == $"t-{index}");
            (all.Count, all[^1].Id).ShouldBe((201, $"{index}"));
        }));
        (await bench.Steps.Admin.Delete($"/api/v1/servers/{id}")).Expect(HttpStatusCode.NoContent);
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Thirty_clients_that_are_asked_at_once_answer_each_its_own_question(string version, string slug)
    {
        var bench = await wire.Get(shared);

        await Parallel.ForEachAsync(Enumerable.Range(0, 30), new ParallelOptions { MaxDegreeOfParallelism = 30 }, async (index, _) =>
        {
            using var client = await bench.Client(version, slug);
            var answer = await Converse(client, "work", (_, parameters) => $$"""{"to":{{parameters["n"]!.ToJsonString()}}}""", $$$"""{"ask":"elicitation/create","with":{"n":{{{index}}}}}""");
            answer.Text.ShouldContain($$"""{"answer":{"to":{{index}}}""");
        });
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Fifty_clients_with_the_same_ids_and_tokens_get_each_their_own(string version, string slug)
    {
        var bench = await wire.Get(shared);
        string[] ids = ["4711", "\"4711\"", "1", "\"\\u0031\"", "-9007199254740991"];

        await Parallel.ForEachAsync(Enumerable.Range(0, 50), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (index, _) =>
        {
            using var client = await bench.Client(version, slug);
            var id = ids[index % ids.Length];
            await using var call = await client.Call("count", $$"""{"n":5,"tag":"tag-{{index}}"}""", id, $"\"progressToken\":{id}");
            var all = await call.All();
            all.Count.ShouldBe(6);
            all[^1].Text.ShouldContain($"\"id\":{id},");
            all[^1].Result["structuredContent"]!["tag"]!.GetValue<string>().ShouldBe($"tag-{index}");
            all.Take(5).ShouldAllBe(m => m.Text.Contains($"\"progressToken\":{id},", StringComparison.Ordinal) && m.Params!["message"]!.GetValue<string>() == $"tag-{index}");
        });
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task A_cancellation_reaches_exactly_one_call_of_the_server(string version, string slug)
    {
        var bench = await wire.Get(shared);
        var upstream = bench.Upstream(slug);
        using var one = await bench.Client(version, slug);
        using var other = await bench.Client(version, slug);
        var marker = Guid.NewGuid().ToString("n");
        await using var first = await one.Call("hang", $$"""{"who":"one-{{marker}}"}""", "7", "\"progressToken\":7");
        await using var second = await other.Call("hang", $$"""{"who":"other-{{marker}}"}""", "7", "\"progressToken\":7");
        await first.First("notifications/progress");
        await second.First("notifications/progress");

        if (one.IsModern)
        {
            await first.DisposeAsync();
        }
        else
        {
            await one.Notify("notifications/cancelled", "\"requestId\":7,\"reason\":\"enough\"");
        }

        var (cancelled, left) = (Of("one"), Of("other"));
        await cancelled.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        (await second.IsSilentFor(TimeSpan.FromMilliseconds(300))).ShouldBeTrue();
        left.Cancelled.Task.IsCompleted.ShouldBeFalse();
        if (slug == Bench.LegacySlug)
        {
            Cancellations(cancelled).ShouldContain(cancelled.Id);
            Cancellations(left).ShouldNotContain(left.Id);
        }

        WireCall Of(string who) => upstream.Calls("hang").Single(c => c.Argument("who")?.GetString() == $"{who}-{marker}");

        IEnumerable<string> Cancellations(WireCall of) => upstream.Received.Where(c => c.Method == "notifications/cancelled" && c.Session == of.Session).Select(c => c.Raw("requestId"));
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task A_lost_connection_cancels_for_a_modern_client_alone(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var marker = Guid.NewGuid().ToString("n");
        var call = await client.Call("hang", $$"""{"who":"{{marker}}"}""", "7", "\"progressToken\":7");
        await call.First("notifications/progress");

        await call.DisposeAsync();

        var own = bench.Upstream(slug).Calls("hang").Single(c => c.Argument("who")?.GetString() == marker);
        if (client.IsModern)
        {
            await own.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            return;
        }

        // It goes on: the session's next request is served, and only the notification ends it.
        await using var next = await client.Call("raw", id: "8");
        (await next.Answer()).Id.ShouldBe("8");
        own.Cancelled.Task.IsCompleted.ShouldBeFalse();
        await client.Notify("notifications/cancelled", "\"requestId\":7");
        await own.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_modern_client_may_post_a_cancellation_which_changes_nothing()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug);

        await client.Notify("notifications/cancelled", "\"requestId\":7");

        await using var get = await client.Go(HttpMethod.Get, null, []);
        await using var delete = await client.Go(HttpMethod.Delete, null, []);
        (get.Status, delete.Status).ShouldBe((HttpStatusCode.MethodNotAllowed, HttpStatusCode.MethodNotAllowed));
    }
}
