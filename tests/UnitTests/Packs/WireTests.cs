using System.Text;
using System.Text.Json;
using McpPlatform.Packs;
using McpPlatform.Packs.Wire;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Packs.PackBuilder;

namespace McpPlatform.UnitTests.Packs;

/// <summary>Golden texts: what stands on the wire for each style, place and body of OpenAPI.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData(ParameterStyle.Form, true, "[1,2,3]", "?v=1&v=2&v=3")]
    [InlineData(ParameterStyle.Form, false, "[1,2,3]", "?v=1,2,3")]
    [InlineData(ParameterStyle.Form, false, "[\"a,b\",\"c d\"]", "?v=a%2Cb,c%20d")]
    [InlineData(ParameterStyle.Form, true, "[]", "")]
    [InlineData(ParameterStyle.Form, false, "[]", "")]
    [InlineData(ParameterStyle.Form, true, "\"\"", "?v=")]
    [InlineData(ParameterStyle.Form, true, "true", "?v=true")]
    [InlineData(ParameterStyle.Form, true, "1.50", "?v=1.50")]
    [InlineData(ParameterStyle.Form, true, "null", "")]
    [InlineData(ParameterStyle.Form, true, "\"a&b=c#d+e f/g?\"", "?v=a%26b%3Dc%23d%2Be%20f%2Fg%3F")]
    [InlineData(ParameterStyle.Form, true, "\"ü😀\"", "?v=%C3%BC%F0%9F%98%80")]
    [InlineData(ParameterStyle.Form, true, "{\"r\":100,\"g\":200}", "?r=100&g=200")]
    [InlineData(ParameterStyle.Form, false, "{\"r\":100,\"g\":200}", "?v=r,100,g,200")]
    [InlineData(ParameterStyle.SpaceDelimited, false, "[\"a\",\"b\"]", "?v=a%20b")]
    [InlineData(ParameterStyle.SpaceDelimited, true, "[\"a\",\"b\"]", "?v=a&v=b")]
    [InlineData(ParameterStyle.SpaceDelimited, false, "{\"r\":1,\"g\":2}", "?v=r%201%20g%202")]
    [InlineData(ParameterStyle.PipeDelimited, false, "[1,2,3]", "?v=1%7C2%7C3")]
    [InlineData(ParameterStyle.PipeDelimited, true, "[1,2]", "?v=1&v=2")]
    [InlineData(ParameterStyle.DeepObject, true, "{\"a\":\"x+y\",\"b\":2}", "?v%5Ba%5D=x%2By&v%5Bb%5D=2")]
    [InlineData(ParameterStyle.DeepObject, true, "{\"a\":{\"b\":1},\"c\":[1,2],\"d\":null}", "?v%5Ba%5D%5Bb%5D=1&v%5Bc%5D=1&v%5Bc%5D=2")]
    public void Query_parameters_follow_their_style(ParameterStyle style, bool explode, string value, string expected) =>
        Target(Operation("/x", null, Query("v", style, explode)), $"{{\"v\":{value}}}").ShouldBe($"/x{expected}");

    [Theory]
    [InlineData(ParameterStyle.Simple, false, "\"a/b?c d\"", "/p/a%2Fb%3Fc%20d/x")]
    [InlineData(ParameterStyle.Simple, false, "[3,4,5]", "/p/3,4,5/x")]
    [InlineData(ParameterStyle.Simple, true, "[3,4,5]", "/p/3,4,5/x")]
    [InlineData(ParameterStyle.Simple, false, "{\"r\":1,\"g\":2}", "/p/r,1,g,2/x")]
    [InlineData(ParameterStyle.Simple, true, "{\"r\":1,\"g\":2}", "/p/r=1,g=2/x")]
    [InlineData(ParameterStyle.Label, false, "5", "/p/.5/x")]
    [InlineData(ParameterStyle.Label, false, "[3,4]", "/p/.3,4/x")]
    [InlineData(ParameterStyle.Label, true, "[3,4]", "/p/.3.4/x")]
    [InlineData(ParameterStyle.Label, false, "{\"r\":1,\"g\":2}", "/p/.r,1,g,2/x")]
    [InlineData(ParameterStyle.Label, true, "{\"r\":1,\"g\":2}", "/p/.r=1.g=2/x")]
    [InlineData(ParameterStyle.Matrix, false, "5", "/p/;id=5/x")]
    [InlineData(ParameterStyle.Matrix, false, "\"\"", "/p/;id/x")]
    [InlineData(ParameterStyle.Matrix, false, "[3,4]", "/p/;id=3,4/x")]
    [InlineData(ParameterStyle.Matrix, true, "[3,4]", "/p/;id=3;id=4/x")]
    [InlineData(ParameterStyle.Matrix, false, "{\"r\":1,\"g\":2}", "/p/;id=r,1,g,2/x")]
    [InlineData(ParameterStyle.Matrix, true, "{\"r\":1,\"g\":2}", "/p/;r=1;g=2/x")]
    public void Path_parameters_follow_their_style(ParameterStyle style, bool explode, string value, string expected) =>
        Target(Operation("/p/{id}/x", null, Path("id", style, explode)), $"{{\"id\":{value}}}").ShouldBe(expected);

    [Theory]
    [InlineData("\"..\"")]
    [InlineData("\".\"")]
    [InlineData("\"\"")]
    [InlineData("\"../admin\"")]
    [InlineData("\"a/../../b\"")]
    [InlineData("\"..\\\\x\"")]
    [InlineData("\"%2e%2e\"")]
    [InlineData("\"%252e%252e%252fx\"")]
    [InlineData("[\"..\"]")]
    public void Path_values_that_move_in_the_tree_are_refused(string value) =>
        Should.Throw<BadArgumentException>(() => Target(Operation("/p/{id}/x", null, Path("id")), $"{{\"id\":{value}}}"));

    [Fact]
    public void Two_harmless_values_that_form_a_dot_segment_together_are_refused()
    {
        var operation = Operation("/p/.{a}/x", null, Path("a"));

        Should.Throw<BadArgumentException>(() => Target(operation, """{"a":"."}"""));
        Target(operation, """{"a":"b"}""").ShouldBe("/p/.b/x");
    }

    [Fact]
    public void Dots_within_a_segment_are_ordinary() => Target(Operation("/p/{id}", null, Path("id")), """{"id":"v1..2.txt"}""").ShouldBe("/p/v1..2.txt");

    [Fact]
    public void Reserved_characters_stay_where_the_api_allows_them_but_cannot_end_the_value() =>
        Target(Operation("/x", null, Query("v", reserved: true)), """{"v":"a/b?c=d&e#f g"}""").ShouldBe("/x?v=a/b?c=d%26e%23f%20g");

    [Fact]
    public void Content_parameters_are_json_texts_wherever_they_stand()
    {
        var json = Query("q", content: "application/json");
        var request = Write(Operation("/c/{p}", null, json, Path("p", content: "application/json"), Cookie("c", content: "application/json")), """{"q":{"a": [1, 2]},"p":{"x":1},"c":{"y":2}}""");

        request.PathAndQuery.ShouldBe("/c/%7B%22x%22%3A1%7D?q=%7B%22a%22%3A%5B1%2C2%5D%7D");
        request.Headers.ShouldContain(("Cookie", "c=%7B%22y%22%3A2%7D"));
    }

    [Fact]
    public void Headers_and_cookies_are_written_as_their_own_style()
    {
        var request = Write(Operation("/x", null, Header("X-Trace"), Header("X-List"), Cookie("sid"), Cookie("o", explode: false)), """{"X-Trace":"a b","X-List":[1,2],"sid":"s;1","o":{"k":"v"}}""");

        request.Headers.ShouldContain(("X-Trace", "a b"));
        request.Headers.ShouldContain(("X-List", "1,2"));
        request.Headers.ShouldContain(("Cookie", "sid=s%3B1; o=k,v"));
        request.PathAndQuery.ShouldBe("/x");
    }

    [Theory]
    [InlineData("a\\r\\nX-Evil: 1")]
    [InlineData("a\\nb")]
    [InlineData("a\\u0000b")]
    [InlineData("ü")]
    public void A_header_cannot_be_split(string value) =>
        Should.Throw<BadArgumentException>(() => Write(Operation("/x", null, Header("X-Trace")), $"{{\"X-Trace\":\"{value}\"}}"));

    [Fact]
    public void One_name_in_path_query_and_body_carries_three_values()
    {
        var operation = Operation("/same/{id}", Body(BodyKind.Json, "application/json"), Path("id"), Query("id", argument: "id__query"));

        var request = Write(operation, """{"id":"p","id__query":"q","body":{"id":"b"}}""");

        request.PathAndQuery.ShouldBe("/same/p?id=q");
        Text(request).ShouldBe("""{"id":"b"}""");
    }

    [Theory]
    [InlineData("application/json", """{"a":[1,{"b":null}]}""")]
    [InlineData("application/json", "[1,2]")]
    [InlineData("application/json", "null")]
    [InlineData("application/merge-patch+json", """{"a":null}""")]
    public void Json_bodies_go_out_as_given(string contentType, string body)
    {
        var request = Write(Operation("/x", Body(BodyKind.Json, contentType)), $"{{\"body\":{body}}}");

        Text(request).ShouldBe(body);
        request.Body!.ContentType.ShouldBe(contentType);
    }

    [Fact]
    public void Forms_repeat_lists_and_write_objects_as_their_encoding_says()
    {
        var deep = new PackPart(null, false, ParameterStyle.DeepObject, true, false);

        var request = Write(
            Operation("/x", Body(BodyKind.Form, "application/x-www-form-urlencoded", ("meta", deep))),
            """{"body":{"list":["x","y"],"meta":{"k":"v w"},"plain":{"a":1},"none":null}}""");

        Text(request).ShouldBe("list=x&list=y&meta%5Bk%5D=v+w&plain=%7B%22a%22%3A1%7D");
    }

    [Fact]
    public void Multipart_carries_files_fields_and_json()
    {
        var operation = Operation("/x", Body(BodyKind.Multipart, "multipart/form-data", ("file", File("image/png")), ("files", File())));

        var request = Write(operation, """{"body":{"file":{"data":"aGk=","filename":"a\"b\r\n.png"},"files":["AQ==","Ag=="],"id":7,"meta":{"a":1}}}""");

        var boundary = request.Body!.ContentType["multipart/form-data; boundary=".Length..];
        Encoding.Latin1.GetString(request.Body.Content).Replace(boundary, "B", StringComparison.Ordinal).ShouldBe(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.png\"\r\nContent-Type: image/png\r\n\r\nhi\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream\r\n\r\n\u0001\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream\r\n\r\n\u0002\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n"
            + "--B--\r\n");
    }

    [Fact]
    public void Binary_bodies_are_decoded_from_base64()
    {
        var operation = Operation("/x", Body(BodyKind.Binary, "application/octet-stream"));

        Write(operation, """{"body":"AAH/"}""").Body!.Content.ShouldBe([0, 1, 255]);
        Should.Throw<BadArgumentException>(() => Write(operation, """{"body":"no base64!"}"""));
    }

    [Fact]
    public void Text_bodies_are_utf8()
    {
        var request = Write(Operation("/x", Body(BodyKind.Text, "text/plain")), """{"body":"grün"}""");

        Text(request).ShouldBe("grün");
        request.Body!.ContentType.ShouldBe("text/plain; charset=utf-8");
    }

    [Fact]
    public void A_missing_or_unknown_argument_is_told_with_what_is_expected()
    {
        var operation = Operation("/p/{id}", null, Path("id"), Query("q"));

        Should.Throw<BadArgumentException>(() => Target(operation, "{}")).Message.ShouldContain("id (required)");
        Should.Throw<BadArgumentException>(() => Target(operation, """{"id":1,"nope":2}""")).Message.ShouldContain("'nope' is not known");
    }

    [Fact]
    public void A_body_over_the_limit_is_refused() =>
        Should.Throw<BadArgumentException>(() => RequestWriter.Write(Operation("/x", Body(BodyKind.Json, "application/json")), Json("""{"body":"0123456789"}"""), 5));

    private static string Target(PackOperation operation, string arguments) => Write(operation, arguments).PathAndQuery;

    private static WireRequest Write(PackOperation operation, string arguments) => RequestWriter.Write(operation, Json(arguments), 1 << 20);

    private static string Text(WireRequest request) => Encoding.UTF8.GetString(request.Body!.Content);
}
