using System.Text;
using McpPlatform.Configuration;
using McpPlatform.Configuration.Text;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Configuration;

public sealed class ReadingTests : IDisposable
{
    private readonly Configured _configured = new();

    public void Dispose() => _configured.Dispose();

    [Theory]
    [InlineData("mcpplatform.yaml", "servers:\n  github:\n    url: https://mcp.example.com\n    tags: [a, b]\n    rate_limit: { rate: 2.5 }\n    headers: { X-A: '1' }\n")]
    [InlineData("mcpplatform.json", """{ "$schema": "x", "servers": { "github": { "url": "https://mcp.example.com", "tags": ["a", "b"], "rate_limit": { "rate": 2.5 }, "headers": { "X-A": "1" }, } } /* the end */ }""")]
    [InlineData("mcpplatform.toml", "[servers.github]\nurl = \"https://mcp.example.com\" # there\ntags = [\n  'a', 'b',\n]\nrate_limit.rate = 2.5\n[servers.github.headers]\nX-A = \"\"\"1\"\"\"\n")]
    public void The_same_is_read_from_each_format(string name, string text)
    {
        var loaded = _configured.Load(text, name);

        loaded.Problems.ShouldBeEmpty();
        var server = loaded.Configuration.Servers["github"];
        (server.Url, server.RateLimit!.Rate, server.Enabled, server.EffectiveTransport).ShouldBe(("https://mcp.example.com", 2.5, true, "http"));
        server.Tags!.ShouldBe(["a", "b"]);
        server.Headers!["X-A"].ShouldBe("1");
    }

    [Theory]
    [InlineData("servers:\n  a:\n    uri: https://x.example\n", 3, "servers.a", "'uri' is no member", "Did you mean 'url'")]
    [InlineData("severs: {}\n", 1, "", "'severs' is no member", "Did you mean 'servers'")]
    [InlineData("Servers: {}\n", 1, "", "'Servers' is no member", "Did you mean 'servers'")]
    [InlineData("servers:\n  a: { url: https://x.example }\n  a: { url: https://y.example }\n", 3, "", "'a' is there twice; line 2", "Remove")]
    [InlineData("servers:\n  A: { url: https://x.example }\n", 2, "servers", "'A' is no name", "a-z")]
    [InlineData("servers: 5\n", 1, "servers", "a single value", "name: value")]
    [InlineData("servers:\n  a: { url: https://x.example, enabled: no }\n", 2, "servers.a.enabled", "true or false", "without quotes")]
    [InlineData("servers:\n  a: { url: https://x.example, max_attempts: '3' }\n", 2, "servers.a.max_attempts", "whole number", "without quotes")]
    [InlineData("servers:\n  a: { url: https://x.example, max_attempts: 1e400 }\n", 2, "servers.a.max_attempts", "whole number", "from 1 to 10")]
    [InlineData("servers:\n  a: { url: https://x.example, max_attempts: 11 }\n", 2, "servers.a.max_attempts", "range", "from 1 to 10")]
    [InlineData("servers:\n  a: { url: https://x.example, rate_limit: { rate: .inf } }\n", 2, "servers.a.rate_limit.rate", "a number", "0.01")]
    [InlineData("servers:\n  a: { url: ~ }\n", 2, "servers.a.url", "no value", "leave it out")]
    [InlineData("servers:\n  a:\n", 2, "servers.a", "no members", "indented")]
    [InlineData("servers:\n  a: { url: 'https://u:p@x.example' }\n", 2, "servers.a.url", "form", "headers")]
    [InlineData("servers:\n  a: { url: https://x.example, headers: { X-A: \"a\\r\\nHost: evil\" } }\n", 2, "servers.a.headers.X-A", "form", "one line")]
    [InlineData("servers:\n  a: { url: https://x.example, headers: { Content-Length: '0' } }\n", 2, "servers.a.headers", "no name", "transport's own")]
    [InlineData("servers:\n  a: { title: \"a\\u202eb\", url: https://x.example }\n", 2, "servers.a.title", "form", "control")]
    [InlineData("servers:\n  a: { title: x }\n", 2, "servers.a", "Nothing says where", "url, endpoints and launcher")]
    [InlineData("servers:\n  a: { transport: stdio, command: /bin/sh }\n", 2, "servers.a", "'command' is no member", "")]
    [InlineData("servers:\n  a: { launcher: everythin }\nlaunchers:\n  everything: { command: npx }\n", 2, "servers.a.launcher", "no launcher", "Did you mean 'everything'")]
    [InlineData("servers:\n  a: { url: https://x.example, transport: htp }\n", 2, "servers.a.transport", "none of the values", "Did you mean 'http'")]
    [InlineData("policies:\n  r:\n    grants:\n      - { id: a, effect: allow, actions: [tools:call], resources: [tool:x/*] }\n      - { id: a, effect: deny, actions: [tools:call], resources: [tool:x/*] }\n", 5, "policies.r.grants[1].id", "taken by another rule", "own id")]
    [InlineData("policies:\n  r:\n    grants:\n      - id: a\n        effect: allow\n        actions: [tools:call]\n        resources: [nonsense]\n", 7, "policies.r.grants[0].resources[0]", "", "")]
    [InlineData("a: &a 1\n", 1, "", "Anchors", "")]
    [InlineData("a: *nope\n", 1, "", "Anchors", "")]
    [InlineData("servers: !System.IO.FileInfo /etc/passwd\n", 1, "", "Tags", "plain value")]
    [InlineData("servers:\n  <<: {}\n", 2, "", "Merges", "")]
    [InlineData("servers: {}\n---\nservers: {}\n", 2, "", "second document", "")]
    [InlineData("servers: \"x\n", 1, "", "no YAML", "")]
    [InlineData("%YAML 2.0\n---\nservers: {}\n", 1, "", "no YAML", "")]
    [InlineData("", 1, "", "empty", "servers: {}")]
    [InlineData("# nothing\n", 1, "", "empty", "servers: {}")]
    [InlineData("hello\n", 1, "", "a single value", "sections")]
    public void A_mistake_is_told_with_line_member_reason_and_fix(string text, int line, string path, string reason, string fix)
    {
        var problem = _configured.Load(text).Problems[0];

        (problem.At.Source, problem.At.Line, problem.Path).ShouldBe(("mcpplatform.yaml", line, path));
        problem.Reason.ShouldContain(reason);
        problem.Fix.ShouldContain(fix);
        problem.ToString().ShouldStartWith($"mcpplatform.yaml:{line}:");
    }

    [Theory]
    [InlineData("mcpplatform.json", "{ \"servers\": {\n  \"a\": 1, \"a\": 2 } }", 2, "'a' is there twice")]
    [InlineData("mcpplatform.json", "{ \"servers\":\n  { ", 2, "no JSON")]
    [InlineData("mcpplatform.json", "{ \"servers\": { \"a\": { \"url\": \"https://x.example\",\n \"uri\": 1 } } }", 2, "'uri' is no member")]
    [InlineData("mcpplatform.toml", "[servers.a]\nurl = \"x\"\nurl = \"y\"\n", 3, "'url' is there twice")]
    [InlineData("mcpplatform.toml", "[servers.a]\n[servers.a]\n", 2, "is there twice")]
    [InlineData("mcpplatform.toml", "[servers.a]\nurl = https://x.example\n", 2, "no value")]
    [InlineData("mcpplatform.toml", "servers = { a = {} }\n[servers.b]\n", 2, "no table")]
    [InlineData("mcpplatform.toml", "[servers.a\n", 1, "does not end")]
    [InlineData("mcpplatform.toml", "a = \"\\q\"\n", 1, "escape")]
    [InlineData("mcpplatform.toml", "a = 'x\n", 1, "does not end")]
    [InlineData("mcpplatform.toml", "= 1\n", 1, "A name is missing")]
    [InlineData("mcpplatform.toml", "[gateway]\nlisten = \"x\"\n", 1, "'gateway' is no member")]
    [InlineData("mcpplatform.ini", "servers = 1", 0, "tells no format")]
    public void Other_formats_tell_mistakes_alike(string name, string text, int line, string reason)
    {
        var problem = _configured.Load(text, name).Problems[0];

        problem.At.Line.ShouldBe(line);
        problem.Reason.ShouldContain(reason);
    }

    [Fact]
    public void What_is_no_text_too_large_or_too_deep_is_refused_before_it_is_built()
    {
        string Reason(byte[] bytes, ConfigFormat format = ConfigFormat.Yaml) => LoadedConfiguration.OfText(bytes, format, "sent").Problems.ShouldHaveSingleItem().Reason;

        Reason([0xFF, 0xFE, 0x41, 0x00]).ShouldContain("no UTF-8");
        Reason(Encoding.UTF8.GetBytes("a: b\0c")).ShouldContain("no UTF-8");
        Reason(new byte[ConfigText.MaxBytes + 1]).ShouldContain("more than 1048576 bytes");
        foreach (var format in Enum.GetValues<ConfigFormat>())
        {
            Reason(Encoding.UTF8.GetBytes($"a {(format == ConfigFormat.Toml ? "=" : ":")} {new string('[', 20_000)}{new string(']', 20_000)}"), format).ShouldNotBeEmpty();
        }

        Reason(Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 20_000)), ConfigFormat.Json).ShouldContain("no JSON");
        Reason(Encoding.UTF8.GetBytes($"a: [{string.Concat(Enumerable.Repeat("x,", 60_000))}]")).ShouldContain("more than 50000 values");
    }

    [Fact]
    public void Every_problem_is_told_up_to_a_bound()
    {
        var text = new StringBuilder("servers:\n");
        for (var i = 0; i < 300; i++)
        {
            text.Append("  s").Append(i).Append(": { title: x, wrong: 1 }\n");
        }

        _configured.Load(text.ToString()).Problems.Count.ShouldBe(ConfigProblem.Most);
    }

    [Theory]
    [InlineData("key = \"a\\tb\\u00e9\\\"\"", "a\tb\u00e9\"")]
    [InlineData("key = 'C:\\x'", "C:\\x")]
    [InlineData("key = \"\"\"\n  a\\\n    b\"\"\"", "  ab")]
    [InlineData("key = '''\nit's'''", "it's")]
    [InlineData("\"key\" = 2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z")]
    [InlineData("key = 1_000", "1000")]
    public void TOML_texts_are_read_as_TOML_says(string text, string value) =>
        ((ScalarNode)((MapNode)new TomlConfig(text, "t").Parse()).Find("key")!.Value).Text.ShouldBe(value);

    [Fact]
    public void TOML_tables_in_lists_are_entries_of_it()
    {
        var loaded = _configured.Load("[servers.a]\n[[servers.a.endpoints]]\nurl = 'https://x.example'\n[[servers.a.endpoints]]\nurl = 'https://y.example'\nweight = 2\n", "mcpplatform.toml");

        loaded.Problems.ShouldBeEmpty();
        loaded.Configuration.Servers["a"].Endpoints!.Select(e => (e.Url, e.Weight)).ShouldBe([("https://x.example", 1), ("https://y.example", 2)]);
    }
}
