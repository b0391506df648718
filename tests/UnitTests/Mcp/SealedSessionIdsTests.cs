using System.Security.Cryptography;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

public sealed class SealedSessionIdsTests
{
    private readonly Clock _clock = new();
    private readonly SessionKeyRing _keys = new(Key(1));

    [Fact]
    public void A_session_comes_back_as_it_was()
    {
        var ids = Ids();
        var session = Session();

        ids.Find(ids.Issue(session, "/mcp"), "/mcp", session.Caller).ShouldBe(session);
        ids.Issue(session, "/mcp").ShouldNotBe(ids.Issue(session, "/mcp"));
    }

    [Fact]
    public void Endpoint_subject_and_tenant_are_bound()
    {
        var ids = Ids();
        var value = ids.Issue(Session(), "/mcp");

        ids.Find(value, "/other", new("alice", "t1")).ShouldBeNull();
        ids.Find(value, "/mcp", new("bob", "t1")).ShouldBeNull();
        ids.Find(value, "/mcp", new("alice", "t2")).ShouldBeNull();
        ids.Find(value, "/mcp", new("1alice", "t")).ShouldBeNull();
    }

    [Fact]
    public void Any_changed_character_makes_it_nothing()
    {
        var ids = Ids();
        var value = ids.Issue(Session(), "/mcp");
        for (var i = 0; i < value.Length - 1; i++)
        {
            var changed = value[..i] + (value[i] == 'A' ? 'B' : 'A') + value[(i + 1)..];

            ids.Find(changed, "/mcp", new("alice", "t1")).ShouldBeNull();
        }
    }

    [Fact]
    public void Keys_can_be_rotated_and_dropped()
    {
        var ids = Ids();
        var value = ids.Issue(Session(), "/mcp");

        _keys.Replace([Key(2), Key(1)]);
        ids.Find(value, "/mcp", new("alice", "t1")).ShouldNotBeNull();
        _keys.Replace([Key(2)]);
        ids.Find(value, "/mcp", new("alice", "t1")).ShouldBeNull();
    }

    [Fact]
    public void A_session_expires()
    {
        var ids = Ids();
        var value = ids.Issue(Session(), "/mcp");

        _clock.Now += TimeSpan.FromHours(24);

        ids.Find(value, "/mcp", new("alice", "t1")).ShouldBeNull();
    }

    [Fact]
    public void Ended_sessions_are_remembered_within_bounds()
    {
        var ids = Ids(maxEnded: 2);
        var sessions = Enumerable.Range(0, 3).Select(_ => Session()).ToList();
        sessions.ForEach(ids.End);
        ids.End(sessions[2]);

        sessions.Select(session => ids.Find(ids.Issue(session, "/mcp"), "/mcp", session.Caller) is null).ShouldBe([false, true, true]);
    }

    private static SessionKey Key(byte id) => new(id, SHA256.HashData([id]));

    private SealedSessionIds Ids(int maxEnded = 10) => new(_keys, new SealedSessionOptions { MaxEnded = maxEnded }, _clock);

    private McpSession Session() => new(Guid.CreateVersion7(), ProtocolVersion.June2025, new("alice", "t1"), 42, _clock.Now);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
