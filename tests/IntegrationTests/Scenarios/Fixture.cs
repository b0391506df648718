using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedStandalone))]
[assembly: AssemblyFixture(typeof(SharedDistributed))]

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>One process with everything.</summary>
public sealed class SharedStandalone() : SharedPlatform(new StandaloneForm());

/// <summary>Five services and a second gateway, as processes over RabbitMQ.</summary>
public sealed class SharedDistributed() : SharedPlatform(new DistributedForm(gateways: 2));

/// <summary>One running platform for all scenarios that do not hurt it, with an upstream registered.</summary>
public abstract class SharedPlatform(IPlatformForm form) : IAsyncLifetime
{
    private readonly SemaphoreSlim _one = new(1);
    private Steps? _steps;

    /// <summary>The platform; started by the first scenario that asks.</summary>
    internal async Task<Steps> Get()
    {
        await _one.WaitAsync();
        try
        {
            return _steps ??= await Generous(await Steps.With(await form.Create()));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Many scenarios use the one key that there is at first, at once: its rate is not what they are about.</summary>
    private static async Task<Steps> Generous(Steps steps)
    {
        var id = (await steps.Admin.Get("/api/v1/keys")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!["id"];
        (await steps.Admin.Send(HttpMethod.Patch, $"/api/v1/keys/{id}", new { rate = 100_000, burst = 100_000 })).Expect(HttpStatusCode.OK);
        await steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(new Uri(gateway, "/mcp"), steps.Platform.AdminKey);
                return (await caller.Request("tools/list")).Headers["RateLimit-Limit"] == "100000";
            },
            Steps.Propagation);
        return steps;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_steps is not null)
        {
            await _steps.DisposeAsync();
        }

        _one.Dispose();
    }
}

/// <summary>What scenarios do again and again, in the words of a user.</summary>
internal sealed class Steps : IAsyncDisposable
{
    /// <summary>Revocation and changes hold within 5 s even when no event arrives.</summary>
    public static readonly TimeSpan Propagation = TimeSpan.FromSeconds(5);

    private int _turn = -1;

    private Steps(IPlatformUnderTest platform, TestUpstream upstream)
    {
        Platform = platform;
        Upstream = upstream;
        Admin = new ApiClient(platform.Address, platform.AdminKey);
    }

    public IPlatformUnderTest Platform { get; }

    public TestUpstream Upstream { get; }

    public ApiClient Admin { get; }

    /// <summary>The endpoint of all servers, of one gateway after the other.</summary>
    public Uri Mcp => new(NextGateway(), "/mcp");

    public static async Task<Steps> With(IPlatformUnderTest platform)
    {
        var steps = new Steps(platform, await TestUpstream.Start());
        await steps.RegisterHttp("up", steps.Upstream.Address);
        return steps;
    }

    public Uri McpOf(string server) => new(NextGateway(), $"/mcp/servers/{server}");

    /// <summary>Waits until something holds at each gateway.</summary>
    public async Task OnEveryGateway(Func<Uri, Task<bool>> holds, TimeSpan atMost, Func<string>? complaint = null)
    {
        foreach (var gateway in Platform.Gateways)
        {
            await Until.True(() => holds(gateway), atMost, complaint);
        }
    }

    /// <summary>Registers a server by address and waits until its tools are listed.</summary>
    public async Task<string> RegisterHttp(string slug, Uri url, object? headers = null)
    {
        var body = new { slug, transport = "http", url = url.ToString(), allow_private_address = true, headers = headers ?? new { } };
        return await Registered(slug, await Admin.Post("/api/v1/servers", body));
    }

    /// <summary>Registers a server on this machine by what the API takes, and waits until its tools are listed.</summary>
    public async Task<string> Register(string slug, object terms)
    {
        var body = JsonSerializer.SerializeToNode(terms)!.AsObject();
        (body["slug"], body["allow_private_address"]) = (slug, true);
        return await Registered(slug, await Admin.Post("/api/v1/servers", body));
    }

    public async Task<string> RegisterStdio(string slug, string launcher) =>
        await Registered(slug, await Admin.Post("/api/v1/servers", new { slug, transport = "stdio", launcher }));

    /// <summary>Makes a key with exactly these rules, in a policy set of its own.</summary>
    public async Task<Key> KeyWith(string name, params object[] grants)
    {
        (await Admin.Post("/api/v1/policies", new { name, grants })).Expect(HttpStatusCode.Created);
        return await KeyFor(name, name);
    }

    public async Task<Key> KeyFor(string name, params string[] roles)
    {
        var json = (await Admin.Post("/api/v1/keys", new { name, roles })).Expect(HttpStatusCode.Created).Json;
        var key = new Key(json["id"]!.GetValue<string>(), json["key"]!.GetValue<string>());
        await OnEveryGateway(async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), key.Text).Request("tools/list")).Status == HttpStatusCode.OK, Propagation);
        return key;
    }

    /// <summary>Waits until a call with this argument text is recorded, and returns its record in full.</summary>
    public async Task<JsonNode> RecordOf(string marker, string tool = "echo")
    {
        JsonNode? found = null;
        await Until.True(
            async () =>
            {
                var list = (await Admin.Get($"/api/v1/traces?tool={tool}&limit=200")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
                foreach (var item in list)
                {
                    var full = (await Admin.Get($"/api/v1/traces/{item!["id"]}")).Expect(HttpStatusCode.OK).Json;
                    if (full.ToJsonString().Contains(marker, StringComparison.Ordinal))
                    {
                        found = full;
                        return true;
                    }
                }

                return false;
            },
            TimeSpan.FromSeconds(15),
            () => $"No record of '{marker}'.");
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Upstream.DisposeAsync();
        await Platform.DisposeAsync();
    }

    private Uri NextGateway() => Platform.Gateways[(int)((uint)Interlocked.Increment(ref _turn) % (uint)Platform.Gateways.Count)];

    private async Task<string> Registered(string slug, ApiAnswer answer)
    {
        var id = answer.Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();
        await OnEveryGateway(
            async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), Platform.AdminKey).ToolNames()).Any(n => n.StartsWith($"{slug}__", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            () => $"The tools of {slug} are not listed.");
        return id;
    }
}

/// <summary>A key as its holder knows it.</summary>
internal sealed record Key(string Id, string Text);
