using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.UnitTests.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class ResourceMetadataTests(McpTestHost host) : IClassFixture<McpTestHost>
{
    [Theory]
    [InlineData(null, "http://localhost:8080")]
    [InlineData("https://gateway.example.com", "https://gateway.example.com")]
    [InlineData("https://example.com/gateway/", "https://example.com/gateway")]
    public async Task Endpoints_are_where_the_operator_says_and_else_where_they_were_asked(string? publicAddress, string expected)
    {
        var options = new GatewayOptions { PublicAddress = publicAddress };

        var document = await Describe(options, "/mcp/servers/files");

        document["resource"]!.GetValue<string>().ShouldBe($"{expected}/mcp/servers/files");
        Metadata(options).Challenge(Request("/mcp/servers/files"), isInvalid: false)
            .ShouldBe($"Bearer resource_metadata=\"{expected}/.well-known/oauth-protected-resource/mcp/servers/files\", scope=\"tools:call prompts:get resources:read\"");
    }

    [Fact]
    public async Task Issuers_are_named_when_there_are_some()
    {
        (await Describe(new GatewayOptions(), "/mcp")).ContainsKey("authorization_servers").ShouldBeFalse();

        var document = await Describe(new GatewayOptions { AuthorizationServers = ["https://login.example.com/t1"], ResourceName = "Tools of \"us\"" }, "/mcp");

        document["authorization_servers"]!.ToJsonString().ShouldBe("""["https://login.example.com/t1"]""");
        document["resource_name"]!.GetValue<string>().ShouldBe("Tools of \"us\"");
    }

    [Fact]
    public void A_path_cannot_break_out_of_the_challenge() =>
        Metadata(new GatewayOptions()).Challenge(Request("/mcp/servers/a\", scope=\"b\r\nX: y"), isInvalid: true).ShouldBe(
            "Bearer error=\"invalid_token\", resource_metadata=\"http://localhost:8080/.well-known/oauth-protected-resource/mcp/servers/a%22,%20scope=%22b%0D%0AX:%20y\", scope=\"tools:call prompts:get resources:read\"");

    [Theory]
    [InlineData("PublicAddress", "https://gateway.example.com/mcp?x", false)]
    [InlineData("PublicAddress", "https://user@gateway.example.com", false)]
    [InlineData("PublicAddress", "gateway.example.com", false)]
    [InlineData("PublicAddress", "https://gateway.example.com\", x=\"", false)]
    [InlineData("PublicAddress", "https://[::1]:8443/gateway", true)]
    [InlineData("AuthorizationServers", "https://login.example.com/tenant", true)]
    [InlineData("AuthorizationServers", "http://127.0.0.1:9000", true)]
    [InlineData("AuthorizationServers", "http://login.example.com", false)]
    [InlineData("AuthorizationServers", "https://login.example.com/?a=b", false)]
    [InlineData("AuthorizationServers", "https://u:p@login.example.com", false)]
    [InlineData("AuthorizationServers", "", false)]
    public void Addresses_in_the_options_are_checked(string option, string value, bool isTaken)
    {
        var options = option == "PublicAddress" ? new GatewayOptions { PublicAddress = value } : new GatewayOptions { AuthorizationServers = ["https://one.example.com", value] };
        var problems = new List<ValidationResult>();

        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true).ShouldBe(isTaken);
        problems.ForEach(problem => problem.ErrorMessage!.ShouldContain($"Gateway__{option}"));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?sessionId=abc&x", false)]
    [InlineData("?monkey=1&tokens=2", false)]
    [InlineData("?token", true)]
    [InlineData("?sessionId=abc&Access_Token=", true)]
    [InlineData("?a=1&%6bey=2", true)]
    [InlineData("?a=b&a=mcpp_x", true)]
    public void A_key_in_the_address_is_known_by_its_name_or_its_looks(string query, bool isOne)
    {
        var request = Request("/mcp");
        request.QueryString = new QueryString(query);

        KeyInAddress.IsIn(request).ShouldBe(isOne);
    }

    private static HttpRequest Request(string path)
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host, request.Path) = ("http", new HostString("localhost:8080"), path);
        return request;
    }

    private ResourceMetadata Metadata(GatewayOptions options) => new(host.Endpoint, Options.Create(options));

    private async Task<JsonObject> Describe(GatewayOptions options, string path)
    {
        using var services = new ServiceCollection().AddRouting().AddLogging().AddSingleton(Metadata(options)).BuildServiceProvider();
        var routes = new Routes(services);
        ResourceMetadata.Map(routes, path);
        var endpoint = routes.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Single();
        var request = Request(ResourceMetadata.Prefix + path);
        var body = new MemoryStream();
        (request.HttpContext.Response.Body, request.HttpContext.RequestServices) = (body, services);
        await endpoint.RequestDelegate!(request.HttpContext);
        return JsonNode.Parse(Encoding.UTF8.GetString(body.ToArray()))!.AsObject();
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
