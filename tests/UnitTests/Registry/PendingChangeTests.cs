using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class PendingChangeTests
{
    [Fact]
    public void What_is_accepted_by_name_and_content_does_not_wait() => Pending([Accepted("echo", "1")], [Seen("echo", "1")]).ShouldBeEmpty();

    [Fact]
    public void Added_changed_and_renamed_definitions_wait_each_as_what_it_is()
    {
        var pending = Pending([Accepted("echo", "1"), Accepted("old", "2", "Removes a thing.")], [Seen("echo", "9"), Seen("new", "3", "Another."), Seen("moved", "4", "Removes a thing.")]);

        pending.Select(change => (change.Seen.Name, change.Change, change.Was)).ShouldBe([("echo", ChangeKind.Changed, null), ("new", ChangeKind.Added, null), ("moved", ChangeKind.Renamed, "old")]);
    }

    [Theory]
    [InlineData("send_email"), InlineData("send-emai1"), InlineData("Send_Email"), InlineData("sendemail")]
    public void A_new_tool_that_looks_like_one_of_another_server_is_said_to_shadow_it(string name)
    {
        var change = PendingChange.Of([], [Seen(name, "1")], [new ForeignTool("mail", "send_email")]).ShouldHaveSingleItem();

        change.Change.ShouldBe(ChangeKind.Shadowing);
        change.Findings.ShouldContain(finding => finding.Code == DefinitionScan.LookAlike && finding.Detail.Contains("'mail'"));
    }

    [Fact]
    public void A_definition_that_changes_again_has_another_id()
    {
        var (first, second) = (Pending([], [Seen("echo", "1")])[0], Pending([], [Seen("echo", "2")])[0]);

        first.Id.ShouldNotBe(second.Id);
        first.Id.ShouldBe(Pending([], [Seen("echo", "1")])[0].Id);
    }

    [Fact]
    public void A_diff_shows_what_is_different_and_spells_out_what_cannot_be_seen()
    {
        var diff = DefinitionDiff.Between("""{"name":"echo","description":"Answers.","x":1}""", """{"name":"echo","description":"Answers.\u200b Now.","x":1}""");

        diff.ShouldContain("- description: Answers.");
        diff.ShouldContain("+ description: Answers.\\u{200B} Now.");
        diff.ShouldContain("  name: echo");
    }

    private static IReadOnlyList<PendingChange> Pending(IReadOnlyList<AcceptedDefinition> accepted, IReadOnlyList<SeenDefinition> seen) => PendingChange.Of(accepted, seen, []);

    private static AcceptedDefinition Accepted(string name, string hash, string description = "d") => new(DefinitionKinds.Tool, name, hash, Text(name, description));

    private static SeenDefinition Seen(string name, string hash, string description = "d") => new(DefinitionKinds.Tool, name, hash, Text(name, description));

    private static string Text(string name, string description) => $$"""{"name":"{{name}}","description":"{{description}}"}""";
}
