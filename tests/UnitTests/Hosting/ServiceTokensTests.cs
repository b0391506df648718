using McpPlatform.Hosting.Security;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class ServiceTokensTests
{
    private static readonly Caller Someone = new(Guid.CreateVersion7(), "alice", Guid.CreateVersion7(), ["servers:read", "!servers:write"]);
    private readonly MovableClock _clock = new();

    [Fact]
    public void A_token_names_the_service_and_whom_it_calls_for()
    {
        var tokens = With("key-one");

        var caller = tokens.Verify(tokens.Issue("gateway", Someone))!;

        caller.Service.ShouldBe("gateway");
        (caller.TenantId, caller.Subject, caller.KeyId).ShouldBe((Someone.TenantId, Someone.Subject, Someone.KeyId));
        caller.May("servers:read").ShouldBeTrue();
        caller.May("servers:write").ShouldBeFalse();
    }

    [Fact]
    public void A_service_by_itself_may_nothing_that_needs_a_permission()
    {
        var tokens = With("key-one");

        tokens.Verify(tokens.Issue("registry"))!.May("servers:read").ShouldBeFalse();
    }

    [Fact]
    public void After_a_minute_it_is_worth_nothing()
    {
        var tokens = With("key-one");
        var token = tokens.Issue("gateway");

        _clock.Advance(TimeSpan.FromSeconds(62));

        tokens.Verify(token).ShouldBeNull();
    }

    [Fact]
    public void Another_key_an_altered_body_or_garbage_is_refused()
    {
        var tokens = With("key-one");
        var token = tokens.Issue("gateway", Someone);

        With("key-two").Verify(token).ShouldBeNull();
        tokens.Verify(token.Replace("mcpps_ey", "mcpps_ez", StringComparison.Ordinal)).ShouldBeNull();
        tokens.Verify(token.AsSpan()[..^3]).ShouldBeNull();
        tokens.Verify("mcpps_").ShouldBeNull();
        tokens.Verify("mcpps_.").ShouldBeNull();
        tokens.Verify("mcpps_!.!").ShouldBeNull();
        tokens.Verify(new string('a', 20_000)).ShouldBeNull();
    }

    private ServiceTokens With(string key) => new(key, _clock);

    private sealed class MovableClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
