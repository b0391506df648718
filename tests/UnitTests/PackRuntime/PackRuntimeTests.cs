using McpPlatform.Packs;
using McpPlatform.UnitTests.Packs;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.PackRuntime;

/// <summary>The runtime over the wire, as a process of its own.</summary>
public sealed class PackRuntimeTests
{
    [Fact]
    public async Task A_pack_is_listed_and_called_by_who_has_the_bearer()
    {
        await using var api = await EchoApi.Start((c, _) => c.Response.WriteAsJsonAsync(new { c.Request.Path.Value }));
        var pack = Sample(api.Url);
        await using var runtime = await RunningPack.Start(PackLock.Write(pack).Content, RunningPack.Secrets(new Uri(api.Url).Authority));

        var listed = await runtime.Ask("tools/list");
        var called = await runtime.Ask("tools/call", """{"name":"op","arguments":{"id":"a b"}}""");
        var unknown = await runtime.Ask("tools/call", """{"name":"nope","arguments":{}}""");

        ToolListing.Hash([.. listed.Body.GetProperty("result").GetProperty("tools").EnumerateArray()]).ShouldBe(ToolListing.Hash(pack));
        called.Body.GetProperty("result").GetProperty("isError").GetBoolean().ShouldBeFalse();
        api.Requests.Single().Target.ShouldBe("/p/a%20b");
        api.Requests.Single().Headers["Authorization"].ShouldBe("Bearer s3cret-value");
        unknown.Body.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32602);
        (await runtime.Ask("tools/list", bearer: "wrong")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Probes_and_tools_are_on_ports_of_their_own()
    {
        await using var runtime = await RunningPack.Start(PackLock.Write(Sample("http://127.0.0.1:1")).Content, RunningPack.Secrets());

        foreach (var probe in new[] { "/healthz/startup", "/healthz/live", "/healthz/ready" })
        {
            (await runtime.Probe(probe, runtime.ManagementPort)).ShouldBe(200);
            (await runtime.Probe(probe, runtime.Port)).ShouldBe(404);
        }

        (await runtime.Probe("/mcp", runtime.ManagementPort)).ShouldBe(404);
    }

    [Fact]
    public async Task An_address_that_nobody_allowed_is_not_called()
    {
        await using var api = await EchoApi.Start((c, _) => c.Response.WriteAsync("reached"));
        await using var runtime = await RunningPack.Start(PackLock.Write(Sample(api.Url)).Content, RunningPack.Secrets());

        var called = await runtime.Ask("tools/call", """{"name":"op","arguments":{"id":"1"}}""");

        called.Body.GetProperty("result").GetProperty("isError").GetBoolean().ShouldBeTrue();
        api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_process_ends_with_its_parent()
    {
        await using var runtime = await RunningPack.Start(PackLock.Write(Sample("http://127.0.0.1:1")).Content, RunningPack.Secrets());

        runtime.Process.StandardInput.Close();

        (await runtime.ExitCode()).ShouldBe(0);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json, but a s3cret")]
    [InlineData("""{"bearer":"short","secrets":{},"allow_private":[]}""")]
    public async Task Without_a_proper_bearer_nothing_is_served_and_nothing_is_told(string secrets)
    {
        await using var runtime = await RunningPack.Start(PackLock.Write(Sample("http://127.0.0.1:1")).Content, secrets);

        (await runtime.ExitCode()).ShouldBe(3);
        runtime.Output.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_lock_file_that_breaks_a_rule_is_not_served()
    {
        await using var runtime = await RunningPack.Start("{}"u8.ToArray(), RunningPack.Secrets());

        (await runtime.ExitCode()).ShouldBe(3);
    }

    private static CompiledPack Sample(string url)
    {
        var credential = new PackCredential("main", CredentialType.Bearer, CredentialPlace.Header, "", "the-secret");
        return PackBuilder.Pack(PackBuilder.Operation("/p/{id}", null, PackBuilder.Path("id")) with { Credentials = ["main"] }, url) with { Credentials = [credential] };
    }
}
