using System.Diagnostics;
using McpPlatform.ServiceDefaults;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class TraceScopesTests
{
    [Fact]
    public void A_line_belongs_to_the_span_that_runs_when_it_is_written_not_to_the_one_of_its_scope()
    {
        var scopes = new TraceScopes();
        using var outer = new Activity("outer").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var pushed = scopes.Push(new Dictionary<string, object> { ["request_id"] = "r1" });
        using var inner = new Activity("inner").Start();

        Members(scopes).ShouldBe([("trace_id", outer.TraceId.ToHexString()), ("span_id", inner.SpanId.ToHexString()), ("request_id", "r1")]);
    }

    [Fact]
    public void A_line_outside_of_any_span_names_none()
    {
        Activity.Current = null;

        Members(new TraceScopes()).ShouldBeEmpty();
    }

    private static List<(string, string)> Members(TraceScopes scopes)
    {
        var members = new List<(string, string)>();
        scopes.ForEachScope(static (scope, found) => found.AddRange(((IEnumerable<KeyValuePair<string, object>>)scope!).Select(m => (m.Key, (string)m.Value))), members);
        return members;
    }
}
