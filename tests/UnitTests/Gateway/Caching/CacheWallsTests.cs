using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Caching;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Caching;

/// <summary>Whoever asks whatever in whatever order: nobody gets what is another tenant's, another principal's, another question's, or no longer true.</summary>
public sealed class CacheWallsTests
{
    private static readonly string[] Subjects = ["alice", "bob", "guest"];
    private static readonly string[] Arguments = ["{}", """{"a":1}""", """{"a":"1"}""", """{"a":1,"b":null}"""];
    private static readonly string?[] Says = [null, """{"ttlMs":2000}""", """{"ttlMs":2000,"cacheScope":"public"}""", """{"ttlMs":2000,"cacheScope":"private"}""", """{"ttlMs":0,"cacheScope":"public"}"""];

    [Theory]
    [InlineData(1, 1), InlineData(2, 1), InlineData(3, 1), InlineData(4, 1), InlineData(5, 2), InlineData(6, 2), InlineData(7, 2), InlineData(8, 2), InlineData(9, 3), InlineData(10, 3)]
    public async Task What_is_kept_crosses_neither_tenants_nor_principals_nor_scopes(int seed, int gateways)
    {
        // With little room in every other run: what is thrown out must not come back as something else. Several gateways share what they keep.
        var time = new ManualTime();
        var shelf = gateways > 1 ? new SharedShelf(time) : null;
        var scenes = Enumerable.Range(0, gateways).Select(_ => new CacheScene(CacheBounds.Default with { MaxBytes = seed % 2 == 0 ? 4096 : 1 << 20 }, shelf, time)).ToArray();
        var (random, made, hits, shared, fromOthers) = (new Random(seed), new Dictionary<string, Origin>(), 0, 0, 0);
        var first = new ServerCache(["look", "shared_read"], 3000);
        var declared = scenes.ToDictionary(scene => scene, _ => first);
        Origin asking = null!;
        string? says = null;
        foreach (var scene in scenes)
        {
            scene.UseServers(declared[scene]);
            scene.Answer = (_, _, _) => Answer();
        }

        Task<System.Text.Json.Nodes.JsonObject> Answer()
        {
            var n = made.Count;
            made[$"{n}"] = asking with { At = time.GetTimestamp() };
            var result = CacheScene.Text(n);
            foreach (var (name, value) in says is null ? [] : System.Text.Json.Nodes.JsonNode.Parse(says)!.AsObject())
            {
                result[name] = value?.DeepClone();
            }

            return Task.FromResult(result);
        }

        for (var step = 0; step < 400; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    time.Advance(TimeSpan.FromMilliseconds(random.Next(1500)));
                    break;
                case 1:
                    // Gateways learn of it one after the other.
                    var told = scenes[random.Next(gateways)];
                    declared[told] = declared[told] with { Scope = random.Next(2) == 0 ? ServerCache.Principal : ServerCache.Tenant };
                    told.UseServers(declared[told]);
                    break;
                default:
                    await Ask();
                    break;
            }
        }

        hits.ShouldBeGreaterThan(20);
        shared.ShouldBeGreaterThan(0);
        (fromOthers > 10).ShouldBe(gateways > 1);
        foreach (var scene in scenes)
        {
            await scene.DisposeAsync();
        }

        async Task Ask()
        {
            var scene = scenes[random.Next(gateways)];
            var (subject, tenant) = (Subjects[random.Next(3)], random.Next(2) == 0 ? DefaultTenant.Id : CacheScene.Other);
            var (method, target) = random.Next(4) switch
            {
                0 => (McpMethods.ReadResource, "kb://a"),
                1 => (McpMethods.GetPrompt, "hello"),
                2 => (McpMethods.CallTool, "shared_read"),
                _ => (McpMethods.CallTool, "look"),
            };
            var arguments = method == McpMethods.ReadResource ? "{}" : Arguments[random.Next(Arguments.Length)];
            says = Says[random.Next(Says.Length)];
            asking = new Origin(tenant, subject, method, target, arguments, says, declared[scene], 0);
            var before = scene.Received.Count;

            var seen = await scene.Call(target, arguments, subject, tenant, method);

            if (subject == "guest" && target != "look")
            {
                (seen.Refusal, scene.Received.Count, seen.Result).ShouldSatisfyAllConditions(r => r.Item1.ShouldNotBeNull(), r => r.Item2.ShouldBe(before), r => r.Item3.ShouldBeNull());
                return;
            }

            var origin = made[seen.Text];
            if (scene.Received.Count > before)
            {
                seen.Use.ShouldNotBe(CacheUse.Hit);
                return;
            }

            hits++;
            fromOthers += seen.Note!.IsFromShared ? 1 : 0;
            shared += origin.Subject == subject ? 0 : 1;
            (origin.Tenant, origin.Method, origin.Target, origin.Arguments, origin.Declared).ShouldBe((tenant, method, target, arguments, declared[scene]));
            (origin.Subject == subject || origin.MayBeShared).ShouldBeTrue($"{subject} got what is {origin.Subject}'s: {origin}");
            (time.GetElapsedTime(origin.At) < origin.Ttl).ShouldBeTrue($"{origin} at {time.GetElapsedTime(origin.At)}");
        }
    }

    private sealed record Origin(Guid Tenant, string Subject, string Method, string Target, string Arguments, string? Says, ServerCache Declared, long At)
    {
        public bool MayBeShared => Method == McpMethods.CallTool
            ? Declared.Scope == ServerCache.Tenant && Says?.Contains("private", StringComparison.Ordinal) != true
            : Says?.Contains("public", StringComparison.Ordinal) == true;

        public TimeSpan Ttl => TimeSpan.FromMilliseconds(Says?.Contains("2000", StringComparison.Ordinal) == true ? 2000 : Method == McpMethods.CallTool ? Declared.TtlMs : 0);
    }
}
