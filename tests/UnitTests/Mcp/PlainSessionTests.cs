using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.UnitTests.Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Sessions of clients that speak no MCP are sessions as any other: bounded, idle, old, and their owner's alone.</summary>
public sealed class PlainSessionTests : IDisposable
{
    private static readonly SessionKeyRing Keys = new(new SessionKey(1, new byte[32]));

    private readonly FakeTime _time = new();
    private readonly List<State> _ended = [];
    private McpCaller _caller = new("ada", "acme");
    private readonly McpEndpoint _endpoint;
    private readonly PlainSessions _sessions;

    public PlainSessionTests()
    {
        _endpoint = Endpoint(new SingleOwner());
        _sessions = _endpoint.Plain("/here");
    }

    public void Dispose() => _endpoint.Dispose();

    [Fact]
    public async Task One_that_nobody_uses_ends_and_one_in_which_something_runs_does_not()
    {
        var (idle, busy) = (Open(), Open());
        var running = _sessions.Begin(busy, out var cancelled);

        _time.Advance(TimeSpan.FromHours(2));

        Find(idle).ShouldBeNull();
        Find(busy).ShouldBe(busy);
        running!.Dispose();
        _time.Advance(TimeSpan.FromHours(2));
        await Ended(2);
        (Find(busy), cancelled.IsCancellationRequested).ShouldBe((null, false));
    }

    [Fact]
    public async Task Ending_one_cancels_what_runs_in_it_and_disposes_its_state()
    {
        var session = Open();
        using var running = _sessions.Begin(session, out var cancelled);

        _sessions.End(session);

        await Ended(1);
        SpinWait.SpinUntil(() => cancelled.IsCancellationRequested, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        Find(session).ShouldBeNull();
    }

    [Fact]
    public void An_id_is_worth_nothing_to_another_principal_tenant_or_address()
    {
        var id = _sessions.IdOf(Open());

        _sessions.Find(Http(), id, out _).ShouldNotBeNull();
        _endpoint.Plain("/there").Find(Http(), id, out _).ShouldBeNull();
        _caller = new("bob", "acme");
        _sessions.Find(Http(), id, out _).ShouldBeNull();
        _caller = new("ada", "other");
        _sessions.Find(Http(), id, out _).ShouldBeNull();
    }

    [Fact]
    public void Another_processs_session_is_known_as_that()
    {
        using var other = Endpoint(new SingleOwner());

        other.Plain("/here").Find(Http(), _sessions.IdOf(Open()), out var foreign).ShouldBeNull();

        foreign.ShouldNotBeNull();
    }

    [Fact]
    public void As_many_run_in_one_as_may_and_its_principals_are_listed()
    {
        var session = Open();
        var running = Enumerable.Range(0, 3).Select(_ => _sessions.Begin(session, out var _)).ToArray();

        running.Count(r => r is not null).ShouldBe(2);
        _sessions.Of(_caller).ShouldBe([session]);
        _sessions.Of(new McpCaller("bob", "acme")).ShouldBeEmpty();
    }

    [Fact]
    public void A_principal_has_as_many_as_it_may_and_its_idlest_makes_room()
    {
        var first = Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        var others = Enumerable.Range(0, 3).Select(_ => Open()).ToArray();

        _sessions.Of(_caller).ShouldBe(others, ignoreOrder: true);
        Find(first).ShouldBeNull();
        var busy = others.Select(session => _sessions.Begin(session, out var _)).ToArray();
        _sessions.Open(Http(), null, _ => new State(_ended), out var refusal).ShouldBeNull();
        refusal!.HttpStatus.ShouldBe(429);
        busy.ShouldNotContain((IDisposable?)null);
    }

    private McpEndpoint Endpoint(ISessionOwners owners) => new(
        new SealedSessionIds(Keys, new SealedSessionOptions(), _time), owners,
        new McpEndpointOptions { Caller = _ => _caller, Sessions = new ClientSessionOptions { MaxPerCaller = 3, MaxRunning = 2, IdleLimit = TimeSpan.FromHours(1) } }, _time, NullLoggerFactory.Instance);

    private ClientSession Open() => _sessions.Open(Http(), "test \"client\"", _ => new State(_ended), out _).ShouldNotBeNull();

    private ClientSession? Find(ClientSession session) => _sessions.Find(Http(), _sessions.IdOf(session), out _);

    private Task Ended(int count) => Task.Run(() => SpinWait.SpinUntil(
        () =>
        {
            lock (_ended)
            {
                return _ended.Count == count;
            }
        },
        TimeSpan.FromSeconds(5)).ShouldBeTrue());

    private static DefaultHttpContext Http() => new();

    private sealed class State(List<State> ended) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            lock (ended)
            {
                ended.Add(this);
            }

            return ValueTask.CompletedTask;
        }
    }
}
