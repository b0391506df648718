using System.Text;
using McpPlatform.Packs;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.Packs.PackBuilder;

namespace McpPlatform.UnitTests.Packs;

public sealed class PackLockTests
{
    private static readonly CompiledPack Sample = Pack(Operation("/p/{id}", Body(BodyKind.Json, "application/json"), Path("id"), Query("q", ParameterStyle.DeepObject)));

    [Fact]
    public void A_pack_reads_back_as_it_was_written_with_the_same_hash()
    {
        var (content, hash) = PackLock.Write(Sample);

        PackLock.Write(PackLock.Read(content)).Hash.ShouldBe(hash);
        hash.ShouldMatch("^sha256:[0-9a-f]{64}$");
        Encoding.UTF8.GetString(content).ShouldContain("\"style\":\"deep_object\"");
    }

    [Fact]
    public void Order_of_members_does_not_change_the_hash() =>
        CanonicalJson.Hash(Json("""{"b":1,"a":{"d":[1, 2],"c":"ü"}}""")).ShouldBe(CanonicalJson.Hash(Json("""{ "a": {"c":"\u00fc","d":[1,2]}, "b":1 }""")));

    [Theory]
    [InlineData("\"lock_version\":1", "\"lock_version\":2")]
    [InlineData("\"lock_version\":1", "\"lock_version\":1,\"extra\":1")]
    [InlineData("\"lock_version\":1", "\"lock_version\":1,\"lock_version\":1")]
    [InlineData("\"name\":\"op\"", "\"name\":\"o p\"")]
    [InlineData("\"style\":\"deep_object\"", "\"style\":7")]
    [InlineData("/p/{id}", "/p/{other}")]
    [InlineData("/p/{id}", "/../{id}")]
    [InlineData("/p/{id}", "/p/{id}?x=1")]
    [InlineData("http://127.0.0.1:1", "ftp://127.0.0.1:1")]
    [InlineData("http://127.0.0.1:1", "http://user@127.0.0.1:1")]
    [InlineData("\"headers\":{}", "\"headers\":{\"Host\":\"x\"}")]
    [InlineData("\"headers\":{}", "\"headers\":{\"X\":\"a\\r\\nb\"}")]
    [InlineData("\"headers\":{}", "\"headers\":null")]
    [InlineData("{", "[")]
    public void A_tampered_lock_is_refused(string from, string to)
    {
        var text = Encoding.UTF8.GetString(PackLock.Write(Sample).Content);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        var tampered = text[..at] + to + text[(at + from.Length)..];

        Should.Throw<InvalidPackException>(() => PackLock.Read(Encoding.UTF8.GetBytes(tampered)));
    }

    [Fact]
    public void Tools_that_differ_in_case_only_are_refused()
    {
        var twice = Sample with { Tools = [Sample.Tools[0], Sample.Tools[0] with { Name = "OP" }] };

        Should.Throw<InvalidPackException>(() => PackLock.Write(twice));
    }
}
