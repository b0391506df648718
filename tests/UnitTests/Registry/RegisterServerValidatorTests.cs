using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class RegisterServerValidatorTests
{
    private static readonly RegisterServer s_http = new("server", null, ServerTransport.Http, "https://example.com/mcp", null, false, null, null, null, null, true);
    private static readonly RegisterServer s_stdio = s_http with { Transport = ServerTransport.Stdio, Url = null, Launcher = "files" };

    [Fact]
    public void Good_ones_pass()
    {
        Problems(s_http).ShouldBeEmpty();
        Problems(s_stdio).ShouldBeEmpty();
        Problems(s_http with { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer x" }, Tags = ["prod", "audit"], Environment = "prod" }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("call", 1000, 1)]
    [InlineData("session", 0, 0)]
    [InlineData("principal", 604_800_000, 10_000)]
    [InlineData("tenant", null, null)]
    [InlineData("shared", null, null)]
    public void A_stdio_server_has_a_scope_an_idle_time_and_a_number_of_processes_and_a_server_by_address_has_none(string scope, int? idleStop, int? instances)
    {
        Problems(s_stdio with { Scope = scope, IdleStopMs = idleStop, MaxInstances = instances }).ShouldBeEmpty();
        Problems(s_http with { Scope = scope }).ShouldContain("Scope");
        Problems(s_http with { IdleStopMs = 1000 }).ShouldContain("IdleStopMs");
        Problems(s_http with { MaxInstances = 1 }).ShouldContain("MaxInstances");
    }

    [Theory]
    [InlineData("Tenant", 1000, 1, "Scope")]
    [InlineData("everybody", 1000, 1, "Scope")]
    [InlineData("call", 999, 1, "IdleStopMs")]
    [InlineData("call", 604_800_001, 1, "IdleStopMs")]
    [InlineData("call", 1000, -1, "MaxInstances")]
    [InlineData("call", 1000, 10_001, "MaxInstances")]
    public void Terms_of_processes_that_are_out_of_bounds_are_refused(string scope, int? idleStop, int? instances, string problem) =>
        Problems(s_stdio with { Scope = scope, IdleStopMs = idleStop, MaxInstances = instances }).ShouldContain(problem);

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("ftp://example.com")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@example.com")]
    [InlineData("https://example.com/#x")]
    [InlineData("https://exa mple.com")]
    [InlineData("https://example.com/\r\nX: y")]
    public void An_address_that_is_none_is_refused(string url) => Problems(s_http with { Url = url }).ShouldContain("Url");

    [Theory]
    [InlineData("Host", "x")]
    [InlineData("content-length", "1")]
    [InlineData("Mcp-Session-Id", "x")]
    [InlineData("X Y", "x")]
    [InlineData("X", "a\r\nb")]
    [InlineData("X", "a\0b")]
    public void A_header_that_would_break_or_redirect_requests_is_refused(string name, string value) =>
        Problems(s_http with { Headers = new Dictionary<string, string> { [name] = value } }).ShouldContain("Headers");

    [Fact]
    public void Each_transport_takes_only_what_belongs_to_it()
    {
        Problems(s_stdio with { Launcher = null }).ShouldContain("Launcher");
        Problems(s_stdio with { Url = "https://example.com" }).ShouldContain("Url");
        Problems(s_http with { Url = null }).ShouldContain("Url");
        Problems(s_http with { Launcher = "files" }).ShouldContain("Launcher");
    }

    [Fact]
    public void Bounds_hold()
    {
        Problems(s_http with { Slug = "a__b" }).ShouldContain("Slug");
        Problems(s_http with { Tags = [.. Enumerable.Repeat("t", RegisteredServer.MaxTags + 1)] }).ShouldContain("Tags");
        Problems(s_http with { Title = new string('t', RegisteredServer.MaxTitleLength + 1) }).ShouldContain("Title");
        Problems(s_http with { Headers = Enumerable.Range(0, RegisteredServer.MaxSecrets + 1).ToDictionary(i => $"X-{i}", _ => "v") }).ShouldContain("Headers");
    }

    private static IEnumerable<string> Problems(RegisterServer command) => new RegisterServerValidator().Validate(command).Errors.Select(e => e.PropertyName).Distinct();
}
