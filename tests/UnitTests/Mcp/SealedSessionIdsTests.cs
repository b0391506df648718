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

    [Theory]
    [InlineData("")]
    [InlineData("http://10.0.0.7:8080")]
    [InlineData("https://gateway-0.gateway.mcp.svc.cluster.local:8443")]
    public void The_owner_goes_with_it(string address)
    {
        var ids = Ids();
        var session = Session() with { Owner = Guid.NewGuid(), OwnerAddress = address };

        ids.Find(ids.Issue(session, "/mcp"), "/mcp", session.Caller).ShouldBe(session);
    }

    [Fact]
    public void Many_threads_open_the_same_session()
    {
        var ids = Ids();
        var session = Session();
        var value = ids.Issue(session, "/mcp");

        Parallel.For(0, 2_000, _ => ids.Find(value, "/mcp", session.Caller).ShouldBe(session));
    }

    private static SessionKey Key(byte id) => new(id, SHA256.HashData([id]));

    private SealedSessionIds Ids() => new(_keys, new SealedSessionOptions(), _clock);

    private McpSession Session() => new(Guid.CreateVersion7(), ProtocolVersion.June2025, new("alice", "t1"), 42, _clock.Now);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
