using McpPlatform.Configuration;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Configuration;

public sealed class ReferenceTests : IDisposable
{
    private readonly Configured _configured = new();

    public void Dispose() => _configured.Dispose();

    [Fact]
    public void Variables_and_files_give_values_and_secrets_are_shown_to_nobody()
    {
        File.WriteAllText(Path.Combine(_configured.Folder, "token"), "Bearer from-file\n");
        var loaded = _configured.Load(
            "servers:\n  a:\n    url: https://${HOST:-fallback.example}/mcp\n    title: 'costs $${5}'\n    max_attempts: ${ATTEMPTS}\n    headers:\n      Authorization: file:token\n      X-B: ${B}\n",
            environment: [("ATTEMPTS", "4"), ("B", "hidden ${HOST}")]);

        loaded.Problems.ShouldBeEmpty();
        var server = loaded.Configuration.Servers["a"];
        (server.Url, server.Title, server.MaxAttempts).ShouldBe(("https://fallback.example/mcp", "costs ${5}", 4));
        server.Headers!["Authorization"].ShouldBe("Bearer from-file");
        server.Headers!["X-B"].ShouldBe("hidden ${HOST}", "what comes in is not looked at again");
        loaded.Files.ShouldBe([Path.Combine(_configured.Folder, "token")]);
        loaded.Values.ShouldContain(new ConfigValue("servers.a.max_attempts", "4", "mcpplatform.yaml:5", "ATTEMPTS"));
        loaded.Values.ShouldContain(new ConfigValue("servers.a.headers.Authorization", "***", "mcpplatform.yaml:7", "file:token"));
        loaded.Values.ShouldContain(new ConfigValue("servers.a.headers.X-B", "***", "mcpplatform.yaml:8", "B"));
        loaded.OriginOf("servers.a").ShouldBe("mcpplatform.yaml:2");
    }

    [Theory]
    [InlineData("servers:\n  a: { url: 'https://${HOST}' }\n", "variable HOST is not set")]
    [InlineData("servers:\n  a: { url: 'https://${' }\n", "begins no reference")]
    [InlineData("servers:\n  a: { url: 'https://${X:-$(id)}' }\n", "not of the form")]
    [InlineData("servers:\n  a: { url: 'file:../../../../etc/none' }\n", "cannot be read")]
    public void A_reference_that_leads_nowhere_is_told(string text, string reason)
    {
        var problem = _configured.Problem(text);

        (problem.At.Line, problem.Path).ShouldBe((2, "servers.a.url"));
        problem.Reason.ShouldContain(reason);
    }

    [Theory]
    [InlineData("${PATH}")]
    [InlineData("${NOTHING:-x}")]
    [InlineData("file:/etc/passwd")]
    public void Text_from_elsewhere_refers_to_nothing_of_this_machine(string reference)
    {
        var loaded = Configured.FromElsewhere($"servers:\n  a: {{ url: 'https://x.example', title: '{reference}' }}\n");

        loaded.Problems.ShouldHaveSingleItem().Reason.ShouldContain("not followed");
        loaded.Files.ShouldBeEmpty();
    }

    [Fact]
    public void Launchers_keep_what_looks_like_a_reference()
    {
        var loaded = _configured.Load("launchers:\n  a: { command: x, args: ['${TOKEN}'], variables: [TOKEN] }\n", environment: ("TOKEN", "mine"));

        loaded.Problems.ShouldBeEmpty();
        loaded.Configuration.Launchers["a"].Args.ShouldBe(["${TOKEN}"]);
    }

    [Fact]
    public void The_environment_outranks_the_file_and_says_so()
    {
        var loaded = _configured.Load(
            "servers:\n  my-server: { url: https://x.example }\n",
            environment:
            [
                ("MCPP_SERVERS__MY_SERVER__URL", "https://y.example"), ("MCPP_SERVERS__MY_SERVER__TAGS", "a, b"), ("MCPP_SERVERS__OTHER__URL", "https://z.example"),
                ("MCPP_LIMITS__PER_SERVER__MAX_CONCURRENCY", "7"), ("MCPP_SERVERS__MY_SERVER__HEADERS__AUTHORIZATION", "secret"), ("MCPP_DATA", "x"), ("MCPP_OTHERS__X", "y"),
            ]);

        loaded.Problems.ShouldBeEmpty();
        var server = loaded.Configuration.Servers["my-server"];
        server.Url.ShouldBe("https://y.example");
        server.Tags!.ShouldBe(["a", "b"]);
        server.Headers!["authorization"].ShouldBe("secret");
        loaded.Configuration.Servers["other"].Url.ShouldBe("https://z.example");
        loaded.Configuration.Limits!.PerServer!.MaxConcurrency.ShouldBe(7);
        loaded.Values.ShouldContain(new ConfigValue("servers.my-server.url", "https://y.example", "MCPP_SERVERS__MY_SERVER__URL", ""));
        loaded.Values.ShouldContain(v => v.Path == "servers.my-server.headers.authorization" && v.Text == "***");
    }

    [Theory]
    [InlineData("MCPP_SERVERS__A__URI", "x", "Did you mean URL")]
    [InlineData("MCPP_SERVERS__A", "x", "two more underscores")]
    [InlineData("MCPP_SERVERS__A__URL__X", "x", "End the name")]
    [InlineData("MCPP_SERVERS__A__MAX_ATTEMPTS", "many", "from 1 to 10")]
    public void A_variable_that_fits_nowhere_is_told_by_its_name(string name, string value, string fix)
    {
        var problem = _configured.Problem("servers:\n  a: { url: https://x.example }\n", environment: (name, value));

        problem.At.Source.ShouldBe(name);
        problem.Fix.ShouldContain(fix);
    }

    [Fact]
    public void Five_variables_make_one_server_without_a_file()
    {
        var loaded = LoadedConfiguration.OfEnvironment(new Dictionary<string, string>
        {
            ["MCP_SERVER_URL"] = "https://mcp.example.com/mcp", ["MCP_SERVER_TOKEN"] = "t${0}p", ["MCP_CLIENT_TIMEOUT"] = "30", ["MCP_MAX_CONNECTIONS"] = "8", ["MCP_RETRY_ATTEMPTS"] = "2",
        })!;

        loaded.Problems.ShouldBeEmpty();
        var server = loaded.Configuration.Servers["mcp"];
        (server.Url, server.Timeouts!.TotalMs, server.MaxConcurrency, server.MaxAttempts, server.AllowPrivateAddress).ShouldBe(("https://mcp.example.com/mcp", 30_000, 8, 3, true));
        server.Headers!["Authorization"].ShouldBe("Bearer t${0}p");
        loaded.OriginOf("servers.mcp").ShouldBe("MCP_SERVER_URL");
        loaded.Values.ShouldNotContain(v => v.Text.Contains("t${0}p"));
    }

    [Fact]
    public void Variables_of_one_server_are_checked_like_a_file()
    {
        LoadedConfiguration.OfEnvironment(new Dictionary<string, string>()).ShouldBeNull();
        var problems = LoadedConfiguration.OfEnvironment(new Dictionary<string, string> { ["MCP_SERVER_URL"] = "mcp.example.com", ["MCP_CLIENT_TIMEOUT"] = "soon", ["MCP_RETRY_ATTEMPTS"] = "99" })!.Problems;

        problems.Select(p => p.At.Source).ShouldBe(["MCP_SERVER_URL", "MCP_CLIENT_TIMEOUT", "MCP_RETRY_ATTEMPTS"]);
    }

    [Fact]
    public void Equal_hashes_mean_equal_values_also_of_what_is_referred_to()
    {
        const string text = "servers:\n  a: { url: https://x.example, title: '${T}' }\n";

        _configured.Load(text, environment: ("T", "1")).Hash.ShouldBe(_configured.Load(text, environment: ("T", "1")).Hash);
        _configured.Load(text, environment: ("T", "1")).Hash.ShouldNotBe(_configured.Load(text, environment: ("T", "2")).Hash);
    }
}
