using System.Text;
using McpPlatform.Configuration;
using McpPlatform.Configuration.Text;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Configuration;

public sealed class ToolSetTests : IDisposable
{
    private const string Whole = """
        tool_sets:
          support:
            title: Support
            description: |
              For those
              who help.
            instructions: Look first.
            members:
              - { server: "git*", tools: [list_*, create_issue], prompts: [], resources: ["file:///*"] }
              - { tag: crm }
            exclude: [github/list_secrets, "file:///secret"]
            overrides:
              - server: github
                name: create_issue
                rename: open_issue
                title: Open
                description: Opens an issue.
                annotations: { destructiveHint: false, title: ~ }
                arguments: { owner: "${OWNER}", depth: 1.50, large: 1e3, id: 123456789012345678901234567890, labels: [a, { b: true }], none: ~ }
              - { server: github, name: help, kind: prompt, rename: aid }
            naming: own
            disclosure: auto
            pinned: [github/create_issue]
            enabled: false

        """;

    private readonly Configured _configured = new();

    public void Dispose() => _configured.Dispose();

    [Fact]
    public void Every_member_of_a_set_is_read()
    {
        var loaded = _configured.Load(Whole, environment: ("OWNER", "acme"));

        loaded.Problems.ShouldBeEmpty();
        var set = loaded.Configuration.ToolSets["support"];
        (set.Title, set.Description, set.Instructions, set.Naming, set.Disclosure, set.Enabled).ShouldBe(("Support", "For those\nwho help.\n", "Look first.", "own", "auto", false));
        (set.Members[0].Server, set.Members[1].Tag, set.Members[1].Tools).ShouldBe(("git*", "crm", null));
        (set.Members[0].Tools!.Count, set.Members[0].Prompts!.Count, set.Members[0].Resources!.Single()).ShouldBe((2, 0, "file:///*"));
        (set.Exclude![0], set.Pinned!.Single()).ShouldBe(("github/list_secrets", "github/create_issue"));
        var change = set.Overrides![0];
        (change.Rename, change.Title, change.Description).ShouldBe(("open_issue", "Open", "Opens an issue."));
        change.Annotations!.ToJsonString().ShouldBe("""{"destructiveHint":false,"title":null}""");
        change.Arguments!.ToJsonString().ShouldBe("""{"owner":"acme","depth":1.50,"large":1e3,"id":123456789012345678901234567890,"labels":["a",{"b":true}],"none":null}""");
        (set.Overrides[1].Kind, set.Overrides[1].Rename).ShouldBe(("prompt", "aid"));
        loaded.OriginOf("tool_sets.support").ShouldBe("mcpplatform.yaml:2");
        loaded.Values.ShouldContain(v => v.Path == "tool_sets.support.overrides[0].arguments.owner" && v.Text == "acme" && v.Via == "OWNER");
    }

    [Fact]
    public void What_is_sent_to_a_platform_says_the_same_with_its_lines()
    {
        var loaded = _configured.Load(Whole, environment: ("OWNER", "${acme}"));
        var sent = LoadedConfiguration.OfText(Encoding.UTF8.GetBytes(Sent.Of(loaded).ToJsonString()), ConfigFormat.Json, "sent");

        sent.Problems.ShouldBeEmpty();
        Sent.Of(sent)["tool_sets"]!.ToJsonString().ShouldBe(Sent.Of(loaded)["tool_sets"]!.ToJsonString());
        sent.Configuration.ToolSets["support"].Overrides![0].Arguments!["owner"]!.GetValue<string>().ShouldBe("${acme}");
        sent.OriginOf("tool_sets.support").ShouldBe("mcpplatform.yaml:2");
    }

    [Fact]
    public void A_set_is_read_from_TOML_and_from_the_environment()
    {
        var loaded = _configured.Load(
            "[tool_sets.a]\n[[tool_sets.a.members]]\nserver = 'x'\n[[tool_sets.a.overrides]]\nserver = 'x'\nname = 't'\narguments = { n = 1, s = '1' }\n",
            "mcpplatform.toml",
            ("MCPP_TOOL_SETS__A__TITLE", "From outside"),
            ("MCPP_TOOL_SETS__A__PINNED", "x/t, x/u"));

        loaded.Problems.ShouldBeEmpty();
        var set = loaded.Configuration.ToolSets["a"];
        (set.Title, set.Pinned!.Count, set.Overrides![0].Arguments!.ToJsonString()).ShouldBe(("From outside", 2, """{"n":1,"s":"1"}"""));
    }

    [Theory]
    [InlineData("title: x", 3, "tool_sets.s", "'members' is missing", "union")]
    [InlineData("members: []", 3, "tool_sets.s.members", "holds nothing", "at least one")]
    [InlineData("members: [{ tools: [x] }]", 3, "tool_sets.s.members[0]", "names no server", "tag")]
    [InlineData("members: [{ server: No }]", 3, "tool_sets.s.members[0].server", "form", "slug")]
    [InlineData("members: [{ server: a, tool: [x] }]", 3, "tool_sets.s.members[0]", "'tool' is no member", "Did you mean 'tools'")]
    [InlineData("members: [{ server: a }]\n    disclosure: maybe", 4, "tool_sets.s.disclosure", "none of the values", "off, on, auto")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: 'a*', name: x }]", 4, "tool_sets.s.overrides[0].server", "form", "1 to 63")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: a, name: x, rename: no spaces }]", 4, "tool_sets.s.overrides[0].rename", "no name that clients take", "A-Z")]
    [InlineData("members: [{ server: a }]\n    overrides:\n      - { server: a, name: x }\n      - { server: a, name: x }", 6, "tool_sets.s.overrides[1]", "there already", "one place")]
    [InlineData("members: [{ server: a }]\n    overrides:\n      - { server: a, name: x, rename: r }\n      - { server: a, name: y, rename: r }", 6, "tool_sets.s.overrides[1].rename", "Another tool", "Choose")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: a, name: x, arguments: [1] }]", 4, "tool_sets.s.overrides[0].arguments", "a list", "Fixed arguments")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: a, name: x, arguments: { q: 1, Q: 2 } }]", 4, "tool_sets.s.overrides[0].arguments", "twice, in different cases", "Remove")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: a, name: x, kind: resource, arguments: { q: 1 } }]", 4, "tool_sets.s.overrides[0].arguments", "no fixed arguments", "tools and prompts have them")]
    [InlineData("members: [{ server: a }]\n    overrides: [{ server: a, name: x, kind: prompt, arguments: { q: 1 } }]", 4, "tool_sets.s.overrides[0].arguments", "are texts", "in quotes")]
    public void A_mistake_is_told_with_line_member_reason_and_fix(string members, int line, string path, string reason, string fix)
    {
        var problem = _configured.Problem($"tool_sets:\n  s:\n    {members}\n");

        (problem.At.Line, problem.Path).ShouldBe((line, path));
        problem.Reason.ShouldContain(reason);
        problem.Fix.ShouldContain(fix);
    }
}
