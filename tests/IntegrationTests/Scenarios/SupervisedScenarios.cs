using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A platform where few processes may run, what is over is over soon, and gateways share results in a Redis.</summary>
public abstract class SupervisedPlatform(IPlatformForm form) : IAsyncLifetime
{
    internal Steps Steps { get; private set; } = null!;

    internal PrivateRedis Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Redis = await PrivateRedis.Create();
        Steps = await Steps.With(await form.Create(Settings));
    }

    private Dictionary<string, string> Settings => new()
    {
        ["Gateway__Cache__Redis__Url"] = $"file:{Redis.AddressFile}",
        // Looks at servers that never start are under way whenever the gateway is stopped: they are not waited for.
        ["Drain__Timeout"] = "00:00:01",
        ["Gateway__MaxInstancesPerServer"] = "3",
        ["Gateway__MaxInstancesPerTenant"] = "5",
        ["Gateway__MaxInstances"] = "6",
        ["Gateway__ConnectTimeout"] = "00:00:01",
        ["Gateway__StopGrace"] = "00:00:00.3",
        ["Gateway__ReapInterval"] = "00:00:00.5",
        ["Gateway__RequestsPerSecond"] = "10000",
        ["Gateway__Burst"] = "10000",
        ["Limits__RequestsPerSecond"] = "10000",
        ["Limits__Burst"] = "10000",
    };

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (Steps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

/// <summary>Stdio servers as real processes: who shares one, how many there are, and that none is left behind.</summary>
public abstract class SupervisedScenarios(SupervisedPlatform supervised) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly Steps _steps = supervised.Steps;
    private readonly string _slug = $"s{Guid.NewGuid():n}"[..12];
    private readonly string _run = $"run-{Guid.NewGuid():n}";

    private Uri Gateway => _steps.Platform.Gateways[0];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
    }

    [Fact]
    public async Task Callers_of_a_tenant_share_a_process_unless_its_scope_says_otherwise()
    {
        await Register(new { });
        using var admin = Admin();
        using var other = Caller((await Person()).Text);

        (await Who(admin)).Process.ShouldBe((await Who(other)).Process);
        (await _steps.Admin.Get($"/api/v1/servers/{_slug}")).Json["scope"]!.GetValue<string>().ShouldBe("tenant");
    }

    [Fact]
    public async Task Each_principal_has_a_process_of_its_own()
    {
        await Register(new { scope = "principal" });
        using var admin = Admin();
        using var other = Caller((await Person()).Text);

        var (first, second, third) = (await Who(admin), await Who(other), await Who(admin));

        first.Process.ShouldNotBe(second.Process);
        (third.Process, third.Calls, second.Calls).ShouldBe((first.Process, 2, 1));
    }

    [Fact]
    public async Task Each_session_has_a_process_of_its_own_which_ends_with_it()
    {
        await Register(new { scope = "session" });
        using var one = new LegacyCaller(Endpoint, _steps.Platform.AdminKey);
        using var other = new LegacyCaller(Endpoint, _steps.Platform.AdminKey);

        var (first, second, third) = (await Who(one), await Who(other), await Who(one));

        first.Process.ShouldNotBe(second.Process);
        (third.Process, third.Calls).ShouldBe((first.Process, 2));
        (await one.End()).ShouldBe(HttpStatusCode.NoContent);
        await Until.True(() => Task.FromResult(!RunningProcesses.With(_run).Contains(first.Process)), Soon, () => "The session is over, and its process runs.");
        RunningProcesses.With(_run).ShouldContain(second.Process);
    }

    [Fact]
    public async Task Each_call_has_a_process_of_its_own_which_is_gone_afterwards()
    {
        await Register(new { scope = "call", variables = new { RUN = _run, HABITS = "daemon" } });
        using var admin = Admin();

        var (first, second) = (await Who(admin), await Who(admin));

        first.Process.ShouldNotBe(second.Process);
        (first.Calls, second.Calls).ShouldBe((1, 1));
        await Gone();
    }

    [Fact]
    public async Task Tenants_share_a_process_where_the_operator_allows_it_and_only_with_the_same_variables()
    {
        var stranger = await TenantWallScenarios.Belongings.NewTenant(_steps);
        using var strangers = new ApiClient(_steps.Platform.Address, stranger);
        await Register(new { scope = "shared", launcher = "shareable" });
        var terms = new { slug = _slug, transport = "stdio", launcher = "shareable", scope = "shared", variables = new { RUN = _run } };
        (await strangers.Post("/api/v1/servers", terms)).Expect(HttpStatusCode.Created);
        (await strangers.Post("/api/v1/servers", new { slug = $"{_slug}-2", transport = "stdio", launcher = "shareable", scope = "shared", variables = new { RUN = _run, HABITS = "none" } })).Expect(HttpStatusCode.Created);
        using var admin = Admin();
        using var theirs = new ModernCaller(Endpoint, stranger);
        using var another = new ModernCaller(new Uri(Gateway, $"/mcp/servers/{_slug}-2"), stranger);
        await Until.True(async () => await Works(theirs) && await Works(another), TimeSpan.FromSeconds(30));

        var mine = await Who(admin);

        (await Who(theirs)).Process.ShouldBe(mine.Process);
        (await Who(another)).Process.ShouldNotBe(mine.Process);
        using var atGateway = new ApiClient(Gateway, stranger);
        var shown = (await atGateway.Get($"/api/v1/gateway/servers/{_slug}/stderr")).Expect(HttpStatusCode.OK).Json["items"]![0]!;
        (shown["is_withheld"]!.GetValue<bool>(), shown["stderr"]!.GetValue<string>()).ShouldBe((true, ""));
        (await strangers.Delete($"/api/v1/servers/{_slug}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await strangers.Delete($"/api/v1/servers/{_slug}-2")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_process_is_not_shared_among_tenants_where_the_operator_did_not_allow_it()
    {
        (await _steps.Admin.Post("/api/v1/servers", new { slug = _slug, transport = "stdio", launcher = "supervised", scope = "shared", variables = new { RUN = _run } })).Expect(HttpStatusCode.Created);

        var seen = (await _steps.Admin.Post($"/api/v1/servers/{_slug}/discover", new { })).Expect(HttpStatusCode.OK).Json;

        seen["health"]!.GetValue<string>().ShouldBe("unhealthy");
        seen["health_message"]!.GetValue<string>().ShouldStartWith("launcher_not_shareable: ");
        RunningProcesses.With(_run).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_by_address_has_no_scope()
    {
        foreach (var terms in (object[])[new { scope = "call" }, new { idle_stop_ms = 5000 }, new { max_instances = 1 }])
        {
            var body = System.Text.Json.JsonSerializer.SerializeToNode(terms)!.AsObject();
            (body["slug"], body["transport"], body["url"]) = (_slug, "http", "https://mcp.example.com/");
            (await _steps.Admin.Post("/api/v1/servers", body)).Status.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Over_the_limit_a_call_waits_is_refused_by_the_limits_name_and_gets_the_place_of_an_idle_process_later()
    {
        await Register(new { scope = "principal", max_instances = 1 });
        using var admin = Admin();
        using var other = Caller((await Person()).Text);
        var first = await Who(admin);
        var busy = admin.Call("wait");
        await Until.True(async () => (await other.Call("who")).Status == HttpStatusCode.ServiceUnavailable, Soon, () => "The second process was not refused.");

        var refused = await other.Call("who");

        refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers["Retry-After"].ShouldBe("1");
        refused.Text.ShouldContain("upstream.instance_limit");
        refused.Text.ShouldContain("max_instances");
        (await busy).ToolText.ShouldStartWith($"{first.Process} ");
        (await Who(other)).Process.ShouldNotBe(first.Process);
        await Until.True(() => Task.FromResult(!RunningProcesses.With(_run).Contains(first.Process)), Soon, () => "The idle process still runs.");
        var status = (await At(Gateway).Get("/api/v1/gateway/status")).Expect(HttpStatusCode.OK).Json["processes"]!;
        status["evicted"]!.GetValue<long>().ShouldBeGreaterThan(0);
        status["refused"]!.GetValue<long>().ShouldBeGreaterThan(0);
        status["running"]!.GetValue<int>().ShouldBeInRange(1, 6);
    }

    [Fact]
    public async Task However_many_principals_call_no_more_processes_run_than_may()
    {
        await Register(new { scope = "principal" });
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Person()));
        var callers = people.Select(person => Caller(person.Text)).ToList();
        var most = 0;

        for (var round = 0; round < 3; round++)
        {
            var answers = Task.WhenAll(callers.Select(caller => caller.Call("who")));
            while (!answers.IsCompleted)
            {
                most = Math.Max(most, RunningProcesses.With(_run).Count);
                await Task.Delay(5);
            }

            (await answers).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.ServiceUnavailable);
        }

        most.ShouldBeInRange(1, 3 * _steps.Platform.Gateways.Count);
        callers.ForEach(caller => caller.Dispose());
    }

    [Fact]
    public async Task An_idle_process_is_stopped_after_its_servers_time_and_the_next_call_wakes_it()
    {
        await Register(new { idle_stop_ms = 1000 });
        using var admin = Admin();
        var before = await Who(admin);

        await Gone();

        var after = await Who(admin);
        (after.Process, after.Calls).ShouldNotBe(before);
        after.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_crashes_is_started_again_with_growing_pauses_and_its_last_words_are_shown()
    {
        var starts = Path.GetTempFileName();
        await Register(new { variables = new { RUN = _run, STARTS = starts, SECRET = "planted-stderr-secret" } });
        using var admin = Admin();
        var process = (await Who(admin)).Process;
        await File.WriteAllTextAsync($"{starts}.crash", "");
        await Shell.Run("kill", "-KILL", $"{process}");
        var before = (await File.ReadAllLinesAsync(starts)).Length;

        for (var until = DateTimeOffset.UtcNow.AddSeconds(3); DateTimeOffset.UtcNow < until;)
        {
            (await admin.Call("who")).Message!["error"].ShouldNotBeNull();
        }

        ((await File.ReadAllLinesAsync(starts)).Length - before).ShouldBeInRange(2, 12, "calls without end do not start it without end");
        var ended = (await At(Gateway).Get($"/api/v1/gateway/servers/{_slug}/stderr")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Last()!;
        ended["state"]!.GetValue<string>().ShouldBe("ended");
        ended["stderr"]!.GetValue<string>().ShouldContain("crashing as told");
        File.Delete($"{starts}.crash");
        await Until.True(() => Works(admin), TimeSpan.FromSeconds(40), () => "It did not come back.");
        File.Delete(starts);
    }

    [Fact]
    public async Task A_look_at_a_server_is_not_news_of_it()
    {
        var starts = Path.GetTempFileName();
        await Register(new { scope = "session", variables = new { RUN = _run, HABITS = "news", STARTS = starts } });
        using var admin = Admin();

        for (var until = DateTimeOffset.UtcNow.AddSeconds(2); DateTimeOffset.UtcNow < until;)
        {
            await Who(admin);
        }

        // One for the look, one for the caller; a watch of the lists may have one. In two seconds there would be dozens.
        (await File.ReadAllLinesAsync(starts)).Length.ShouldBeInRange(2, 6);
        File.Delete(starts);
    }

    [Fact]
    public async Task What_a_server_writes_to_its_error_stream_is_shown_without_secrets_and_control_characters_and_to_its_tenant_alone()
    {
        await Register(new { variables = new { RUN = _run, SECRET = "planted-stderr-secret" } });
        using var admin = Admin();
        var process = (await Who(admin)).Process;

        var output = (await At(Gateway).Get($"/api/v1/gateway/servers/{_slug}/stderr")).Expect(HttpStatusCode.OK).Json;

        output["gateway_id"]!.GetValue<string>().ShouldBe((await At(Gateway).Get("/api/v1/gateway/status")).Json["gateway_id"]!.GetValue<string>());
        var shown = output["items"]!.AsArray().Single(item => item!["process_id"]!.GetValue<int>() == process)!;
        (shown["state"]!.GetValue<string>(), shown["scope"]!.GetValue<string>()).ShouldBe(("running", "tenant"));
        shown["stderr"]!.GetValue<string>().ShouldBe($"started {process} with ***\nsteering \uFFFD[2J\n");
        _steps.Platform.Logs.ShouldNotContain("planted-stderr-secret");
        using var stranger = new ApiClient(Gateway, await TenantWallScenarios.Belongings.NewTenant(_steps));
        (await stranger.Get($"/api/v1/gateway/servers/{_slug}/stderr")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_removed_server_leaves_nothing_running_also_when_it_ignores_being_asked()
    {
        await Register(new { variables = new { RUN = _run, HABITS = "deaf daemon" } });
        using var admin = Admin();
        await Who(admin);
        RunningProcesses.With(_run).Count.ShouldBeGreaterThan(1);

        (await _steps.Admin.Delete($"/api/v1/servers/{_slug}")).Status.ShouldBe(HttpStatusCode.NoContent);

        await Gone();
    }

    [Fact]
    public async Task A_gateway_that_is_killed_takes_its_servers_along()
    {
        await Register(new { variables = new { RUN = _run, HABITS = "deaf daemon" } });
        using var admin = Admin();
        await Who(admin);
        RunningProcesses.With(_run).Count.ShouldBeGreaterThan(1);

        await WithoutThePlatform(Gone);

        await Until.True(() => Works(admin), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_an_earlier_life_of_a_gateway_left_behind_is_killed_at_its_next_start()
    {
        await Register(new { variables = new { RUN = _run, HABITS = "deaf daemon" } });
        using var admin = Admin();
        var process = (await Who(admin)).Process;
        var gateway = RunningProcesses.ParentOf(process);
        foreach (var guardian in RunningProcesses.Called("mcpp-guardian").Where(id => RunningProcesses.ParentOf(id) == gateway))
        {
            await Shell.Run("kill", "-KILL", $"{guardian}");
        }

        await WithoutThePlatform(() =>
        {
            RunningProcesses.With(_run).ShouldContain(process, "nobody was left to end it");
            return Task.CompletedTask;
        });

        await Until.True(() => Task.FromResult(!RunningProcesses.With(_run).Contains(process)), Soon, () => "It still runs.");
        (await At(Gateway).Get("/api/v1/gateway/status")).Json["processes"]!["orphans"]!.GetValue<long>().ShouldBeGreaterThan(0);
        await Until.True(() => Works(admin), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_is_only_just_starting_does_not_outlive_a_gateway_that_stops()
    {
        await Register(new { });
        using var admin = Admin();
        var gateway = RunningProcesses.ParentOf((await Who(admin)).Process);
        (await _steps.Admin.Post("/api/v1/servers", new { slug = $"{_slug}-mute", transport = "stdio", launcher = "supervised", variables = new { RUN = $"{_run}-mute", HABITS = "mute" } })).Expect(HttpStatusCode.Created);
        await Until.True(() => Task.FromResult(RunningProcesses.With($"{_run}-mute").Count > 0), Soon, () => "It was not started.");
        foreach (var guardian in RunningProcesses.Called("mcpp-guardian").Where(id => RunningProcesses.ParentOf(id) == gateway))
        {
            await Shell.Run("kill", "-KILL", $"{guardian}");
        }

        (await _steps.Admin.Delete($"/api/v1/servers/{_slug}-mute")).Status.ShouldBe(HttpStatusCode.NoContent);
        var left = (IReadOnlyList<int>)[-1];
        try
        {
            var started = RunningProcesses.With($"{_run}-mute");
            await Shell.Run("kill", "-TERM", $"{gateway}");
            await Until.True(() => Task.FromResult(!RunningProcesses.Called("McpPlatform").Contains(gateway!.Value)), TimeSpan.FromSeconds(30), () => "The gateway did not end.");
            left = [.. RunningProcesses.With($"{_run}-mute").Intersect(started)];
        }
        finally
        {
            await WithoutThePlatform(() => Task.CompletedTask);
        }

        left.ShouldBeEmpty();
        await Until.True(() => Works(admin), TimeSpan.FromSeconds(30));
    }

    /// <summary>Kills it, and brings it back whatever comes of that.</summary>
    private async Task WithoutThePlatform(Func<Task> look)
    {
        await _steps.Platform.Kill();
        try
        {
            await look();
        }
        finally
        {
            await _steps.Platform.Start();
        }
    }

    private Uri Endpoint => new(Gateway, $"/mcp/servers/{_slug}");

    private static async Task<(int Process, int Calls)> Who(McpCaller caller)
    {
        var words = (await caller.CallPatiently("who")).ToolText.Split(' ');
        return (int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<bool> Works(McpCaller caller)
    {
        try
        {
            return (await caller.Call("who")).Message?["result"] is not null;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private ModernCaller Admin() => Caller(_steps.Platform.AdminKey);

    private ModernCaller Caller(string key) => new(Endpoint, key);

    private ApiClient At(Uri gateway) => new(gateway, _steps.Platform.AdminKey);

    private Task<Key> Person() => _steps.KeyWith($"p{Guid.NewGuid():n}"[..12], new { id = "all", effect = "allow", actions = new[] { "*" }, resources = new[] { "*" } });

    private async Task Register(object terms)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(terms)!.AsObject();
        body["transport"] = "stdio";
        body["launcher"] ??= "supervised";
        body["variables"] ??= new JsonObject { ["RUN"] = _run };
        await _steps.Register(_slug, body);
    }

    private Task Gone() => Until.True(() => Task.FromResult(RunningProcesses.With(_run).Count == 0), Soon, () => $"Still running: {string.Join(", ", RunningProcesses.With(_run))}.");
}
