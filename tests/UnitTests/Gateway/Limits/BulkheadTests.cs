using McpPlatform.Gateway.Limits;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Limits;

public sealed class BulkheadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_bulkhead_lets_in_as_many_as_it_has_places()
    {
        var bulkhead = new Bulkhead(2, 0);

        (bulkhead.TryEnter(), bulkhead.TryEnter(), bulkhead.TryEnter()).ShouldBe((true, true, false));
        bulkhead.Leave();
        bulkhead.TryEnter().ShouldBeTrue();
    }

    [Fact]
    public async Task Those_that_wait_take_turns_by_principal_whoever_came_first()
    {
        var bulkhead = new Bulkhead(1, 100);
        bulkhead.TryEnter();
        var order = new List<string>();
        var waiting = Enumerable.Range(0, 5).Select(_ => Wait(bulkhead, "flood", order)).ToList();
        waiting.Add(Wait(bulkhead, "polite", order));

        while (waiting.Count > 0)
        {
            bulkhead.Leave();
            waiting.Remove(await Task.WhenAny(waiting)).ShouldBeTrue();
            waiting.ShouldAllBe(task => !task.IsCompleted);
        }

        order.IndexOf("polite").ShouldBe(1, "one of the flood was first in line, and no more");
        bulkhead.Leave();
        (bulkhead.UnderWay, bulkhead.Waiting).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_full_queue_refuses_the_flood_and_makes_room_for_others()
    {
        var bulkhead = new Bulkhead(1, 3);
        bulkhead.TryEnter();
        var flood = Enumerable.Range(0, 3).Select(_ => Wait(bulkhead, "flood")).ToList();

        (await Wait(bulkhead, "flood")).ShouldBe(Admission.Full);
        var polite = Wait(bulkhead, "polite");

        (await flood[2]).ShouldBe(Admission.Full, "the last of the longest line goes");
        bulkhead.Waiting.ShouldBe(3);
        bulkhead.Leave();
        (await flood[0]).ShouldBe(Admission.Entered);
        bulkhead.Leave();
        (await polite).ShouldBe(Admission.Entered);
    }

    [Fact]
    public async Task Whoever_is_cancelled_leaves_the_queue_at_once()
    {
        var bulkhead = new Bulkhead(1, 1);
        bulkhead.TryEnter();
        using var hangUp = new CancellationTokenSource();
        var gone = bulkhead.Wait("a", Long, TimeProvider.System, hangUp.Token).AsTask();
        (await Wait(bulkhead, "a")).ShouldBe(Admission.Full);

        await hangUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(gone);
        bulkhead.Waiting.ShouldBe(0);
        var next = Wait(bulkhead, "a");
        bulkhead.Leave();
        (await next).ShouldBe(Admission.Entered);
    }

    [Fact]
    public async Task Whoever_waits_too_long_leaves_the_queue()
    {
        var bulkhead = new Bulkhead(1, 1);
        bulkhead.TryEnter();

        (await bulkhead.Wait("a", TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None)).ShouldBe(Admission.TooLate);

        bulkhead.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task More_places_let_those_that_wait_in_and_fewer_let_nobody_in_until_enough_have_left()
    {
        var bulkhead = new Bulkhead(1, 10);
        bulkhead.TryEnter();
        var first = Wait(bulkhead, "a");
        bulkhead.Set(2, 10);
        (await first).ShouldBe(Admission.Entered);

        bulkhead.Set(1, 10);
        var second = Wait(bulkhead, "a");
        bulkhead.Leave();
        second.IsCompleted.ShouldBeFalse();
        bulkhead.Leave();
        (await second).ShouldBe(Admission.Entered);
    }

    [Fact]
    public async Task Never_more_are_inside_than_there_are_places_and_none_is_forgotten()
    {
        var bulkhead = new Bulkhead(3, 10_000);
        var (inside, most, entered) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var patience = new CancellationTokenSource();
                if (i % 7 == 0)
                {
                    patience.CancelAfter(TimeSpan.FromMilliseconds(1));
                }

                try
                {
                    if (!bulkhead.TryEnter() && await bulkhead.Wait($"p{worker % 4}", Long, TimeProvider.System, patience.Token) != Admission.Entered)
                    {
                        continue;
                    }
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref entered);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                bulkhead.Leave();
            }
        })));

        most.ShouldBeLessThanOrEqualTo(3);
        entered.ShouldBeGreaterThan(16 * 400);
        (bulkhead.UnderWay, bulkhead.Waiting).ShouldBe((0, 0));
    }

    private static async Task<Admission> Wait(Bulkhead bulkhead, string principal, List<string>? order = null)
    {
        var admission = await bulkhead.Wait(principal, Long, TimeProvider.System, CancellationToken.None);
        lock (order ?? [])
        {
            order?.Add(principal);
        }

        return admission;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
