using System.Collections.Concurrent;
using McpPlatform.Gateway.Disclosure;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

public sealed class QueryVectorsTests
{
    private static readonly Guid Acme = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly SearchVector Some = SearchVectorTests.Of(1, 0);

    private readonly ManualTime _time = new();
    private readonly Provider _provider = new();

    [Fact]
    public async Task A_query_is_embedded_once_for_each_tenant()
    {
        var queries = Queries();

        (await Of(queries, Acme, " a query ")).ShouldBe(new QueryVector(Some, "fresh"));
        (await Of(queries, Acme, "a query")).ShouldBe(new QueryVector(Some, "kept"));
        (await Of(queries, Other, "a query")).How.ShouldBe("fresh", "nobody learns from it what others asked");
        _provider.Asked.ShouldBe(["a query", "a query"]);
    }

    [Fact]
    public async Task Equal_queries_at_once_are_one_request()
    {
        var queries = Queries(TimeSpan.FromMinutes(1));
        var answer = _provider.Answer = new TaskCompletionSource<SearchVector?>();

        var both = new[] { Of(queries, Acme, "q"), Of(queries, Acme, "q") };
        answer.SetResult(Some);

        (await Task.WhenAll(both)).ShouldAllBe(vector => vector.Vector == Some);
        _provider.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_late_answer_is_not_waited_for_and_is_there_the_next_time()
    {
        var queries = Queries();
        var late = _provider.Answer = new TaskCompletionSource<SearchVector?>();

        (await Of(queries, Acme, "q")).ShouldBe(new QueryVector(null, "late"));
        late.SetResult(Some);

        await Until(async () => (await Of(queries, Acme, "q")).How == "kept");
        _provider.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Queries_that_the_provider_refuses_keep_nobody_else_from_it()
    {
        var queries = Queries();
        _provider.Refuses = true;
        for (var i = 0; i < 5; i++)
        {
            (await Of(queries, Acme, $"q{i}")).How.ShouldBe("failed");
        }

        _provider.Refuses = false;
        (await Of(queries, Other, "q")).How.ShouldBe("fresh");
        _provider.IsAway.ShouldBeNull();
    }

    [Fact]
    public async Task A_provider_that_fails_is_left_alone_and_tried_again_with_a_query_that_nobody_waits_for()
    {
        var queries = Queries();
        await Of(queries, Acme, "kept");
        _provider.Fails = true;
        for (var i = 0; i < 3; i++)
        {
            (await Of(queries, Acme, $"q{i}")).How.ShouldBe("failed");
        }

        (await Of(queries, Other, "q")).ShouldBe(new QueryVector(null, "away"));
        (await Of(queries, Acme, "kept")).How.ShouldBe("kept");
        _provider.Asked.Count.ShouldBe(4);
        _provider.IsAway.ShouldBe(true);

        _time.Advance(TimeSpan.FromSeconds(31));
        (await Of(queries, Acme, "still")).How.ShouldBe("away");
        await Until(() => Task.FromResult(_provider.Asked.Count == 5));
        (await Of(queries, Acme, "again")).How.ShouldBe("away");
        _provider.Asked.Count.ShouldBe(5, "one of them is enough");

        _provider.Fails = false;
        var tries = 0;
        await Until(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            await Of(queries, Acme, $"back {tries++}");
            return _provider.IsAway == false;
        });
    }

    [Fact]
    public async Task What_is_kept_and_what_is_under_way_is_bounded()
    {
        var queries = new QueryVectors(_provider, new QueryVectorBounds(TimeSpan.FromMinutes(1)) { KeptPerTenant = 2, Kept = 3, UnderWayPerTenant = 1 }, _time);
        foreach (var query in (string[])["a", "b", "c"])
        {
            await Of(queries, Acme, query);
        }

        (await Of(queries, Acme, "b")).How.ShouldBe("kept");
        (await Of(queries, Acme, "a")).How.ShouldBe("fresh", "the oldest made room");
        await Of(queries, Other, "x");
        await Of(queries, Other, "y");
        (await Of(queries, Other, "y")).How.ShouldBe("kept");
        (await Of(queries, Acme, "c")).How.ShouldBe("fresh", "the one that has most gives way");

        var slow = _provider.Answer = new TaskCompletionSource<SearchVector?>();
        var waiting = Of(queries, Acme, "slow");
        (await Of(queries, Acme, "next")).How.ShouldBe("busy");
        slow.SetResult(Some);
        (await waiting).How.ShouldBe("fresh");
    }

    [Fact]
    public async Task Without_a_provider_nothing_is_asked()
    {
        _provider.Space = null;

        (await Of(Queries(), Acme, "q")).ShouldBe(new QueryVector(null, "off"));
        _provider.Asked.ShouldBeEmpty();
    }

    private QueryVectors Queries(TimeSpan? patience = null) => new(_provider, new QueryVectorBounds(patience ?? TimeSpan.FromMilliseconds(500)), _time);

    private static Task<QueryVector> Of(QueryVectors queries, Guid tenant, string query) => queries.Of(tenant, query, TestContext.Current.CancellationToken).AsTask();

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
        }
    }

    private sealed class Provider : IQueryEmbedder
    {
        public string? Space { get; set; } = "model@2";

        public ConcurrentQueue<string> Asked { get; } = new();

        public bool Fails { get; set; }

        public bool? IsAway { get; private set; }

        /// <summary>Of the next request; null = at once.</summary>
        public TaskCompletionSource<SearchVector?>? Answer { get; set; }

        /// <summary>It takes everything but this.</summary>
        public bool Refuses { get; set; }

        public async Task<EmbeddedQuery> Embed(string query)
        {
            Asked.Enqueue(query);
            var answer = Answer;
            Answer = null;
            return new EmbeddedQuery(answer is not null ? await answer.Task : Fails || Refuses ? null : Some, Refuses);
        }

        public void Changed(bool isAway) => IsAway = isAway;
    }
}
