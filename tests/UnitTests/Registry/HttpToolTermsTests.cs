using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Registry.Application.HttpTools;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class HttpToolTermsTests
{
    private static readonly HttpToolTerms s_get = new(
        "Shows an order.", "GET", "https://api.example.com/orders/{id}", [new("id", "path"), new("deep", "query", true, "How deep.", JsonElement.Parse("""{"type":"integer"}"""))], null, ["https://b.example.com"], "key");

    [Fact]
    public void The_document_holds_exactly_this_operation()
    {
        var document = JsonNode.Parse(s_get.Document("get_order"))!;

        document["servers"]![0]!["url"]!.GetValue<string>().ShouldBe("https://api.example.com");
        var path = document["paths"]!.AsObject().Single();
        path.Key.ShouldBe("/orders/{id}");
        var operation = path.Value!["get"]!;
        operation["operationId"]!.GetValue<string>().ShouldBe("get_order");
        operation["parameters"]!.AsArray().Select(p => $"{p!["in"]} {p["name"]} {p["required"]} {p["schema"]!["type"]}").ShouldBe(["path id true string", "query deep true integer"]);
        s_get.BaseUrls.ShouldBe(["https://api.example.com", "https://b.example.com"]);
    }

    [Fact]
    public void They_are_read_back_as_they_were_written()
    {
        var body = s_get with { Method = "POST", BodySchema = JsonElement.Parse("""{"type":"object","x-number":9007199254740993}""") };

        HttpToolTerms.Read(body.Write()).BodySchema!.Value.GetRawText().ShouldContain("9007199254740993");
    }

    [Fact]
    public void Good_terms_pass() => Problems(s_get).ShouldBeEmpty();

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Problems(s_get with { Method = "BREW" }).ShouldContain("Method");
        Problems(s_get with { Url = "https://api.example.com/orders/{other}" }).ShouldContain("Parameters");
        Problems(s_get with { Url = "https://u:p@api.example.com/orders/{id}" }).ShouldContain("Url");
        Problems(s_get with { Url = "https://api.example.com/orders/{id}?x=1" }).ShouldContain("Url");
        Problems(s_get with { FallbackUrls = ["https://b.example.com/path"] }).ShouldContain("FallbackUrls");
        Problems(s_get with { BodySchema = JsonElement.Parse("{}") }).ShouldContain("BodySchema");
        Problems(s_get with { Parameters = [new("id", "path"), new("id", "path")] }).ShouldContain("Parameters");
        Problems(s_get with { Description = "" }).ShouldContain("Description");
    }

    private static string[] Problems(HttpToolTerms terms) => [.. new HttpToolRules().Validate(terms).Errors.Select(e => e.PropertyName).Distinct()];
}
