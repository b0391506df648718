using System.Text;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Bridge;

public sealed class HeldCallTests
{
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly FakeTime _time = new();
    private readonly List<string> _said = [];

    [Fact]
    public async Task A_call_that_asks_nothing_ends_in_its_first_round()
    {
        var call = new HeldCall();
        call.Start(_ => new(Answered("{\"n\":1}")));

        Text(await Next(call)).ShouldBe("{\"n\":1}");
    }

    [Fact]
    public async Task A_question_ends_the_round_and_its_answer_lets_the_call_go_on()
    {
        var call = new HeldCall();
        call.Start(async token => Answered(Encoding.UTF8.GetString((await call.Ask(Question("elicitation/create"), token)).Payload.Span)));

        (await Next(call)).ShouldBeNull();
        call.Open.Select(q => (q.Key, Encoding.UTF8.GetString(q.Request.Span))).ShouldBe([("q1", """{"method":"elicitation/create","params":{"m":1}}""")]);
        call.Answer("""{"q1":{"action":"accept"}}"""u8.ToArray());

        Text(await Next(call)).ShouldBe("""{"action":"accept"}""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"q9":{"action":"accept"}}""")]
    [InlineData("""{"q1":"accept"}""")]
    [InlineData("[]")]
    public async Task What_is_not_answered_is_asked_again(string responses)
    {
        var call = new HeldCall();
        call.Start(async token => Answered(Encoding.UTF8.GetString((await call.Ask(Question("roots/list"), token)).Payload.Span)));
        (await Next(call)).ShouldBeNull();

        call.Answer(Encoding.UTF8.GetBytes(responses));

        (await Next(call)).ShouldBeNull();
        call.Open.Single().Key.ShouldBe("q1");
        await call.DisposeAsync();
    }

    [Fact]
    public async Task Progress_goes_to_the_round_that_waits_under_its_own_token_and_between_rounds_to_the_next_one()
    {
        var call = new HeldCall();
        var (toldBetween, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        call.Start(async token =>
        {
            await call.Notify(Progress(1), token);
            var asked = call.Ask(Question("elicitation/create"), token);
            await go.Task;
            await call.Notify(Progress(2), token);
            toldBetween.SetResult();
            await asked;
            await call.Notify(Progress(3), token);
            return Answered("{}");
        });

        (await Next(call, "\"first\"")).ShouldBeNull();
        go.SetResult();
        await toldBetween.Task;
        call.Answer("""{"q1":{}}"""u8.ToArray());
        await Next(call, "4711");

        _said.ShouldBe([
            """{"method":"notifications/progress","params":{"progressToken":"first","progress":1}}""",
            """{"method":"notifications/progress","params":{"progressToken":4711,"progress":2}}""",
            """{"method":"notifications/progress","params":{"progressToken":4711,"progress":3}}""",
        ]);
    }

    [Fact]
    public async Task Of_what_comes_between_rounds_the_last_is_kept_within_bounds_and_comes_before_the_answer()
    {
        const int sent = 2000;
        var call = new HeldCall();
        var (toldBetween, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        call.Start(async token =>
        {
            var asked = call.Ask(Question("elicitation/create"), token);
            await go.Task;
            for (var i = 1; i <= sent; i++)
            {
                await call.Notify(Progress(i), token);
            }

            toldBetween.SetResult();
            await asked;
            return Answered("{}");
        });

        (await Next(call, "\"first\"")).ShouldBeNull();
        go.SetResult();
        await toldBetween.Task;
        call.Answer("""{"q1":{}}"""u8.ToArray());
        Text(await Next(call, "1")).ShouldBe("{}");

        var kept = HeldCall.MostKept / Progress(sent).Length;
        _said.Count.ShouldBeInRange(kept, kept + 20);
        _said[^1].ShouldBe($$$"""{"method":"notifications/progress","params":{"progressToken":1,"progress":{{{sent}}}}}""");
    }

    [Fact]
    public async Task A_caller_that_cancels_its_round_ends_the_call()
    {
        var call = new HeldCall();
        var ended = new TaskCompletionSource();
        call.Start(async token =>
        {
            await using var _ = token.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, token);
            return Answered("{}");
        });
        using var cancel = new CancellationTokenSource();
        var round = call.Next(null, default, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => round);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_call_that_nobody_comes_back_for_is_ended_when_patience_is_over()
    {
        var call = new HeldCall();
        await using var calls = new HeldCalls(TimeSpan.FromMinutes(1), 10, _time);
        var ended = Park(calls, call, "alice");

        _time.Advance(TimeSpan.FromSeconds(61));

        await ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        (calls.Count, calls.Take(call.Id)).ShouldBe((0, null));
    }

    [Fact]
    public async Task A_call_is_taken_once()
    {
        var call = new HeldCall();
        await using var calls = new HeldCalls(TimeSpan.FromMinutes(1), 10, _time);
        _ = Park(calls, call, "alice");

        calls.Take(call.Id).ShouldBe(call);
        calls.Take(call.Id).ShouldBeNull();
        await call.DisposeAsync();
    }

    [Fact]
    public async Task The_longest_waiting_call_of_a_principal_with_too_many_makes_room_and_others_keep_theirs()
    {
        await using var calls = new HeldCalls(TimeSpan.FromMinutes(1), 2, _time);
        HeldCall[] own = [new(), new(), new()];
        var bobs = new HeldCall();
        _ = Park(calls, bobs, "bob");
        var ended = own.Select(call =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Park(calls, call, "alice");
        }).ToList();

        await ended[0].WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        calls.Count.ShouldBe(3);
        (ended[1].IsCompleted, ended[2].IsCompleted).ShouldBe((false, false));
    }

    /// <summary>A call that runs until it is ended; the task is done when it was.</summary>
    private static Task Park(HeldCalls calls, HeldCall call, string subject)
    {
        var ended = new TaskCompletionSource();
        call.Start(async token =>
        {
            await using var _ = token.Register(() => ended.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
            return Answered("{}");
        });
        calls.Park(call, Tenant, subject);
        return ended.Task;
    }

    private ValueTask<AttemptOutcome<UpstreamAnswer>?> Next(HeldCall call, string token = "1") => call.Next(
        (message, _) =>
        {
            _said.Add(Encoding.UTF8.GetString(message.Span));
            return ValueTask.CompletedTask;
        },
        RequestId.FromRaw(Encoding.UTF8.GetBytes(token)),
        TestContext.Current.CancellationToken);

    private static string Text(AttemptOutcome<UpstreamAnswer>? outcome) => Encoding.UTF8.GetString(outcome!.Value.Answer!.Payload.Span);

    private static AttemptOutcome<UpstreamAnswer> Answered(string result) => new(new UpstreamAnswer(PooledBuffer.Copy(Encoding.UTF8.GetBytes(result))), null);

    private static byte[] Progress(int n) => Encoding.UTF8.GetBytes($$$"""{"method":"notifications/progress","params":{"progressToken":1,"progress":{{{n}}}}}""");

    private static Envelope Question(string method) =>
        EnvelopeParser.Parse(Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":9,"method":"{{{method}}}","params":{"m":1}}""")).Envelope!;
}
