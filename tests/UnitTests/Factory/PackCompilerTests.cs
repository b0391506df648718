using System.Text;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Factory.Sources;

namespace McpPlatform.UnitTests.Factory;

public sealed class PackCompilerTests
{
    private const string Paths = """
        {"/issues":{"get":{"operationId":"list","tags":["issues"]},"post":{"operationId":"create","tags":["issues"],"security":[{"key":[]}]}},
        "/admin/users/{id}":{"delete":{"operationId":"remove","tags":["admin"],"deprecated":true,"security":[]}}}
        """;

    private const string Components = """{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":"X-Key"},"token":{"type":"http","scheme":"bearer"}}}""";

    [Fact]
    public void Selectors_choose_and_exclusion_outranks()
    {
        Names(new Selection()).ShouldBe(["create", "list", "remove"]);
        Names(new Selection([new OperationSelector(Tags: ["issues"])])).ShouldBe(["create", "list"]);
        Names(new Selection([new OperationSelector(Tags: ["issues"], Methods: ["GET"])])).ShouldBe(["list"]);
        Names(new Selection([new OperationSelector(PathGlob: "/admin/**")])).ShouldBe(["remove"]);
        Names(new Selection([new OperationSelector(PathGlob: "/*")])).ShouldBe(["create", "list"]);
        Names(new Selection([new OperationSelector(OperationIds: ["list", "create"])], [new OperationSelector(Methods: ["post"])])).ShouldBe(["list"]);
        Names(new Selection(ExcludeDeprecated: true)).ShouldBe(["create", "list"]);
    }

    [Fact]
    public void Nothing_selected_is_no_pack() =>
        Compile(Recipe() with { Selection = new Selection([new OperationSelector(Tags: ["none"])]) }).Error!.Code.ShouldBe("pack.no_tools");

    [Fact]
    public void An_operation_sends_only_the_credentials_that_it_asks_for()
    {
        PackCredential[] credentials = [Credential("key", CredentialType.ApiKey, "X-Key"), Credential("token", CredentialType.Bearer), Credential("own", CredentialType.ApiKey, "X-Own")];

        var tools = Compile(Recipe() with { Credentials = credentials }, """,\"security\":[{\"token\":[],\"absent\":[]},{\"token\":[]}]""").Value.Pack.Tools;

        tools.Single(t => t.Name == "list").Operation.Credentials.ShouldBe(["token", "own"]);
        tools.Single(t => t.Name == "create").Operation.Credentials.ShouldBe(["key", "own"]);
        tools.Single(t => t.Name == "remove").Operation.Credentials.ShouldBe(["own"]);
    }

    [Fact]
    public void Where_nothing_is_said_about_security_all_credentials_go() =>
        Compile(Recipe() with { Credentials = [Credential("token", CredentialType.Bearer)] }).Value.Pack.Tools.Single(t => t.Name == "list").Operation.Credentials.ShouldBe(["token"]);

    [Theory]
    [InlineData("""[{\"url\":\"https://{h}/v1\",\"variables\":{\"h\":{\"default\":\"api.example.com\"}}}]""", null, "https://api.example.com/v1")]
    [InlineData("""[{\"url\":\"/v1\"}]""", "https://docs.example.com/spec.json", "https://docs.example.com/v1")]
    [InlineData("""[{\"url\":\"/v1\"}]""", null, null)]
    [InlineData("""[{\"url\":\"//evil.example/v1\"}]""", "https://docs.example.com/spec.json", null)]
    [InlineData("""[{\"url\":\"ftp://api.example.com\"},{\"url\":\"https://second.example.com\"}]""", null, "https://second.example.com")]
    public void The_server_comes_from_the_document_when_the_owner_names_none(string servers, string? source, string? expected)
    {
        var result = Compile(Recipe() with { BaseUrls = [], SourceUrl = source is null ? null : new Uri(source) }, $",\\\"servers\\\":{servers}");

        (result.Error?.Code).ShouldBe(expected is null ? "pack.no_server" : null);
        if (expected is not null)
        {
            result.Value.Pack.Upstream.BaseUrls.ShouldBe([expected]);
        }
    }

    [Fact]
    public void A_pack_lists_every_host_it_may_call()
    {
        var pack = Compile(Recipe("https://api.example.com", "http://127.0.0.1:8080/x", "http://[::1]:9")).Value.Pack;

        pack.Hosts().ShouldBe(["api.example.com:443", "127.0.0.1:8080", "[::1]:9"]);
    }

    private static IEnumerable<string> Names(Selection selection) => Compile(Recipe() with { Selection = selection }).Value.Pack.Tools.Select(t => t.Name);

    private static Result<CompiledSource> Compile(PackRecipe recipe, string more = "") =>
        Compiler.Compile(Encoding.UTF8.GetBytes(Document(Paths, Components, more: more.Replace("\\\"", "\"", StringComparison.Ordinal))), recipe);

    private static PackCredential Credential(string scheme, CredentialType type, string name = "") => new(scheme, type, CredentialPlace.Header, name, $"secret-{scheme}");
}
