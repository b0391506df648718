using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Who makes room for whom when there are as many sessions as there may be.</summary>
public sealed class SessionPlacesTests
{
    private readonly ManualTime _time = new();
    private readonly List<ClientSession> _here = [];

    [Fact]
    public void A_tenant_that_floods_takes_from_itself_alone()
    {
        var places = Places(new() { MaxTotal = 10 });
        var quiet = Open(places, "quiet", "a").ShouldNotBeNull();

        for (var i = 0; i < 50; i++)
        {
            Open(places, "loud", $"s{i}").ShouldNotBeNull();
        }

        _here.Count.ShouldBe(10);
        _here.ShouldContain(quiet);
    }

    [Fact]
    public void A_newcomer_takes_the_idlest_of_whoever_has_most_and_nobody_falls_below_its_share()
    {
        var places = Places(new() { MaxTotal = 9 });
        var first = Open(places, "large", "a");
        Fill(places, "large", 5);
        Fill(places, "small", 3);

        Open(places, "new", "x");
        _here.ShouldNotContain(first!);
        Counts().ShouldBe("large 5, new 1, small 3");

        for (var i = 0; i < 50; i++)
        {
            Open(places, "new", "x");
            Open(places, "small", "y");
        }

        Counts().ShouldBe("large 3, new 3, small 3");
    }

    [Fact]
    public void Two_tenants_do_not_change_one_place_for_ever()
    {
        var places = Places(new() { MaxTotal = 9 });
        Fill(places, "a", 4);
        Fill(places, "b", 5);
        var others = _here.Where(s => s.Info.Caller.Tenant == "b").ToList();

        Fill(places, "a", 3);

        Counts().ShouldBe("a 4, b 5");
        _here.ShouldBeSubsetOf([.. _here.Where(s => s.Info.Caller.Tenant == "a"), .. others]);
    }

    [Fact]
    public void In_a_tenant_principals_are_to_one_another_as_tenants_are()
    {
        var places = Places(new() { MaxPerTenant = 6 });
        var quiet = Open(places, "t", "quiet");
        for (var i = 0; i < 20; i++)
        {
            Open(places, "t", "loud").ShouldNotBeNull();
        }

        _here.Count.ShouldBe(6);
        _here.ShouldContain(quiet!);
        Open(places, "other", "x").ShouldNotBeNull("the bound is the tenant's alone");
        Open(places, "t", "new").ShouldNotBeNull();
        _here.Count(s => s.Info.Caller == new McpCaller("loud", "t")).ShouldBe(4);
    }

    [Fact]
    public void Sessions_in_use_stay_and_whoever_cannot_be_served_is_told_why()
    {
        var places = Places(new() { MaxPerCaller = 2, MaxPerTenant = 3, MaxTotal = 5 });
        Use(Open(places, "a", "x"), Open(places, "a", "x"));
        Refused(places, "a", "x").ShouldBe((429, "principal"));
        Use(Open(places, "a", "y"));
        Refused(places, "a", "z").ShouldBe((429, "tenant"));
        Use(Open(places, "b", "x"), Open(places, "b", "y"));
        Refused(places, "c", "x").ShouldBe((503, "process"));

    }

    [Fact]
    public void A_principal_without_a_session_gets_one_of_its_tenants()
    {
        var places = Places(new() { MaxTotal = 4 });
        Open(places, "other", "x");
        var idlest = Open(places, "t", "a");
        Open(places, "t", "b");
        Open(places, "t", "c");

        Open(places, "t", "d").ShouldNotBeNull();

        _here.ShouldNotContain(idlest!);
        Counts().ShouldBe("other 1, t 3");
    }

    [Fact]
    public void Who_has_nothing_to_give_is_passed_over()
    {
        var places = Places(new() { MaxTotal = 7 });
        Fill(places, "largest", 4);
        Use([.. _here]);
        Fill(places, "next", 3);

        Open(places, "new", "x").ShouldNotBeNull();

        Counts().ShouldBe("largest 4, new 1, next 2");
    }

    private static SessionPlaces Places(ClientSessionOptions options) => new(options, new ReplayMemory(options.MaxKeptBytesInAll));

    private static void Use(params ClientSession?[] sessions)
    {
        foreach (var session in sessions)
        {
            session!.Standalone.Open().ShouldNotBeNull();
        }
    }

    private string Counts() => string.Join(", ", _here.GroupBy(s => s.Info.Caller.Tenant).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));

    private void Fill(SessionPlaces places, string tenant, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Open(places, tenant, "filler").ShouldNotBeNull();
        }
    }

    private (int Status, string Scope) Refused(SessionPlaces places, string tenant, string subject)
    {
        if (Open(places, tenant, subject, out var refusal) is not null)
        {
            return default;
        }

        using var data = System.Text.Json.JsonDocument.Parse(refusal!.Data);
        return (refusal.HttpStatus, data.RootElement.GetProperty("scope").GetString()!);
    }

    private ClientSession? Open(SessionPlaces places, string tenant, string subject) => Open(places, tenant, subject, out _);

    private ClientSession? Open(SessionPlaces places, string tenant, string subject, out McpError? refusal)
    {
        var caller = new McpCaller(subject, tenant);
        _time.Advance(TimeSpan.FromSeconds(1));
        if (!places.TryFind(caller, out var gives, out refusal))
        {
            return null;
        }

        if (gives is not null)
        {
            places.Remove(gives);
            _here.Remove(gives).ShouldBeTrue();
        }

        var session = new ClientSession(new(Guid.NewGuid(), ProtocolVersion.LatestLegacy, caller, 0, _time.GetUtcNow()), new(), null, _time);
        places.Add(session);
        _here.Add(session);
        return session;
    }
}
