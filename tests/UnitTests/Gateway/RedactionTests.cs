using System.Text;
using System.Text.Json;
using McpPlatform.Gateway.Redaction;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public class RedactionTests
{
    private const string Planted = "S3cr3t-Planted-Value";
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    [Theory]
    [InlineData("authorization"), InlineData("Proxy-Authorization"), InlineData("Cookie"), InlineData("set-cookie"), InlineData("X-Api-Key")]
    [InlineData("api_key"), InlineData("apiKey"), InlineData("access_token"), InlineData("tokenValue"), InlineData("clientSecret"), InlineData("db_password")]
    [InlineData("passwd"), InlineData("PWD"), InlineData("awsCredentials"), InlineData("ssh_private_rsa_key"), InlineData("client_secret"), InlineData("code")]
    [InlineData("code_verifier"), InlineData("refresh_token"), InlineData("id_token"), InlineData("assertion"), InlineData("ConnectionString"), InlineData("dsn")]
    [InlineData("sas"), InlineData("signature"), InlineData("x-amz-security"), InlineData("mcp-session-id"), InlineData("requestState"), InlineData("Mcp-Param-Region")]
    public void A_value_under_a_sensitive_name_is_masked_whatever_its_form(string name)
    {
        Json($$"""{"{{name}}":"{{Planted}}"}""").ShouldNotContain(Planted);
        Json($$$"""{"a":[{"{{{name}}}":{"x":["{{{Planted}}}"]}}],"keep":"this"}""").ShouldSatisfyAllConditions(
            json => json.ShouldNotContain(Planted), json => json.ShouldContain("\"keep\":\"this\""));
    }

    [Theory]
    [InlineData("sk-abcdefghijklmnopqrstuvwx"), InlineData("sk-proj-AAAABBBBCCCCDDDD1234"), InlineData("ghp_0123456789abcdefghijABCDEFGHIJ456789")]
    [InlineData("github_pat_11AAAAAAA0123456789_abcdef"), InlineData("AKIAIOSFODNN7EXAMPLE"), InlineData("xoxb-123456789012-abcdefghijkl")]
    [InlineData("AIzaSyA1234567890abcdefghijklmnopqrstuv"), InlineData("mcpp_0a1b2c3d_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG"), InlineData(Jwt)]
    [InlineData("glpat-ABCDEFGHIJ1234567890")]
    public void A_value_of_a_known_form_is_masked_wherever_it_stands(string secret)
    {
        Json($$"""{"note":"use {{secret}} please"}""").ShouldBe("""{"note":"use *** please"}""");
        Json($$"""{"{{secret}}":1}""").ShouldNotContain(secret);
        Json($$"""["{{secret}}"]""").ShouldBe("""["***"]""");
        Redactor.Text($"failed with '{secret}'.", default).ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("https://user:S3cr3t-Planted-Value@example.com/x", "https://***@example.com/x")]
    [InlineData("postgres://S3cr3t-Planted-Value@db/x?y", "postgres://***@db/x?y")]
    [InlineData("GET /x?access_token=S3cr3t-Planted-Value&page=2", "GET /x?access_token=***&page=2")]
    [InlineData("cb?code=S3cr3t-Planted-Value", "cb?code=***")]
    [InlineData("Authorization: Bearer S3cr3t-Planted-Value\nAccept: */*", "Authorization: ***\nAccept: */*")]
    [InlineData("Cookie: a=S3cr3t-Planted-Value; b=S3cr3t-Planted-Value", "Cookie: ***")]
    [InlineData("curl -H 'X-Api-Key: S3cr3t-Planted-Value' x", "curl -H 'X-Api-Key: ***' x")]
    [InlineData("PGPASSWORD=S3cr3t-Planted-Value psql", "PGPASSWORD=*** psql")]
    [InlineData("Host=db;Password=S3cr3t-Planted-Value;Port=1", "Host=db;Password=***;Port=1")]
    [InlineData("say {\"token\": \"S3cr3t-Planted-Value\", \"a\": 1}", "say {\"token\": \"***\", \"a\": 1}")]
    [InlineData("say {\\\"token\\\":\\\"S3cr3t-Planted-Value\\\"} twice", "say {\\\"token\\\":\\\"***\\\"} twice")]
    [InlineData("tokens=[S3cr3t-Planted-Value, x] y", "tokens=*** y")]
    [InlineData("scheme bearer S3cr3t-Planted-Value here", "scheme bearer *** here")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nS3cr3t-Planted-Value\n-----END RSA PRIVATE KEY----- rest", "*** rest")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nS3cr3t-Planted-Value", "***")]
    public void Free_text_loses_the_secret_and_keeps_the_rest(string text, string expected)
    {
        Redactor.Text(text, default).ShouldBe(expected);
        Json(JsonSerializer.Serialize(new { note = text })).ShouldNotContain(Planted);
    }

    [Theory]
    [InlineData("the quick brown fox"), InlineData("exit code: 1"), InlineData("task-force and desk-bound"), InlineData("https://example.com/a@b"), InlineData("x = 1")]
    [InlineData("max_tokens: 100"), InlineData("https://example.com:8080/x?a=b")]
    public void Ordinary_text_stays_as_it_is(string text)
    {
        Redactor.Text(text, default).ShouldBe(text);
    }

    [Theory]
    [InlineData("""{"text":"the quick brown fox","n":[1,-2.5e3,true,null],"":{}}""")]
    [InlineData("""{ "text" : "lines\nand \"quotes\" and \u00e9",  "url":"https://example.com:8080/x?a=b" }""")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    public void A_document_without_secrets_is_kept_as_it_came(string json) =>
        Redactor.Json(Encoding.UTF8.GetBytes(json), default).ShouldBe(json);

    [Theory]
    [InlineData("""{"pass\u0077ord":"S3cr3t-Planted-Value"}""")]
    [InlineData("""{"text":"pass\u0077ord=S3cr3t-Planted-Value"}""")]
    [InlineData("""{"text":"  {\"password\":\"S3cr3t-Planted-Value\"}"}""")]
    [InlineData("""{"a":"clean","b":["clean",{"c":"Bearer S3cr3t-Planted-Value"}]}""")]
    [InlineData("""{"a":"clean"} password=S3cr3t-Planted-Value""")]
    public void One_secret_anywhere_has_the_whole_document_looked_at(string json) =>
        Redactor.Json(Encoding.UTF8.GetBytes(json), default).ShouldNotContain("S3cr3t");

    [Fact]
    public void Numbers_that_count_tokens_and_status_codes_stay()
    {
        Json("""{"max_tokens":100,"error":{"code":-32602},"token":5,"secret":null}""")
            .ShouldBe("""{"max_tokens":100,"error":{"code":-32602},"token":"***","secret":null}""");
    }

    [Fact]
    public void Json_inside_of_text_is_looked_into_by_name()
    {
        var inner = JsonSerializer.Serialize(new { session = new { password = new[] { Planted } }, keep = "this" });
        var outer = JsonSerializer.Serialize(new { content = new[] { new { type = "text", text = JsonSerializer.Serialize(new { body = inner }) } } });

        Json(outer).ShouldSatisfyAllConditions(json => json.ShouldNotContain(Planted), json => json.ShouldContain("keep"));
    }

    [Fact]
    public void The_callers_credential_and_the_upstreams_are_found_by_value()
    {
        var scope = new RedactionScope("very plain credential", new KnownSecrets(["upstream-plain", "upstream-plain-long", "ab"]));

        Redactor.Text("very plain credential, upstream-plain-long, upstream-plain, ab", scope).ShouldBe("***, ***, ***, ab");
        Redactor.Json("""{"echo":["very plain credential","x upstream-plain-long"]}"""u8, scope).ShouldBe("""{"echo":["***","x ***"]}""");
    }

    [Fact]
    public void Escaped_text_is_decoded_before_it_is_searched()
    {
        Json("""{"p\u0061ssword":"S3cr3t-Planted-Value","t":"gh\u0070_0123456789abcdefghijABCDEFGHIJ456789"}""").ShouldBe("""{"password":"***","t":"***"}""");
    }

    [Theory]
    [InlineData("""{"a":""")]
    [InlineData("""not json password=S3cr3t-Planted-Value""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("")]
    public void What_is_no_json_comes_back_as_one_redacted_string(string input)
    {
        var output = Json(input);

        JsonDocument.Parse(output).RootElement.ValueKind.ShouldBe(JsonValueKind.String);
        output.ShouldNotContain(Planted);
    }

    [Theory]
    [InlineData('x'), InlineData('"'), InlineData('\u0001'), InlineData('\u4e2d'), InlineData('\\'), InlineData('\ue000')]
    public void Output_is_bounded_valid_json_with_a_marker(char filler)
    {
        var text = new string(filler, 100_000);
        string[] documents =
        [
            JsonSerializer.Serialize(text),
            JsonSerializer.Serialize(new { a = new { b = new[] { text, text } }, c = 1 }),
            JsonSerializer.Serialize(Enumerable.Range(0, 5000).ToDictionary(i => $"{filler}{i}", i => new { i })),
            JsonSerializer.Serialize(Enumerable.Range(0, 9000)),
            JsonSerializer.Serialize(JsonSerializer.Serialize(new { a = text })),
        ];

        foreach (var document in documents)
        {
            var output = Redactor.Json(Encoding.UTF8.GetBytes(document), default, 2048);
            Encoding.UTF8.GetByteCount(output).ShouldBeLessThanOrEqualTo(2048);
            _ = JsonDocument.Parse(output);
            output.ShouldContain("…");
        }
    }

    [Fact]
    public void A_secret_split_by_the_bound_does_not_leave_its_head_behind()
    {
        for (var padding = 1850; padding < 1950; padding++)
        {
            var text = $$"""{"a":"{{new string('x', padding)}} ghp_0123456789abcdefghijABCDEFGHIJ456789"}""";
            Redactor.Json(Encoding.UTF8.GetBytes(text), default, 2048).ShouldNotContain("ghp_0");
        }
    }

    [Theory]
    [InlineData("plain words of a caller"), InlineData("plain words of an upstream")]
    public void A_known_secret_split_by_the_bound_does_not_leave_its_head_behind(string secret)
    {
        var scope = new RedactionScope("plain words of a caller", new KnownSecrets(["plain words of an upstream"]));
        for (var length = 100; length < 130; length++)
        {
            Redactor.Text(new string('x', 100) + " " + secret, scope, maxLength: length).ShouldNotContain("plain wo");
        }

        for (var padding = 1850; padding < 1950; padding++)
        {
            Redactor.Json(Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', padding)}} {{secret}}"}"""), scope, 2048).ShouldNotContain("plain wo");
        }
    }

    private static string Json(string json) => Redactor.Json(Encoding.UTF8.GetBytes(json), default);
}
