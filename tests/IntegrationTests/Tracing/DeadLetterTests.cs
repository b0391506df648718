using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Tracing;

/// <summary>A message that its consumer always refuses, from the in-memory bus to the API and back.</summary>
[Collection(nameof(TracingHost))]
public sealed class DeadLetterTests(TracingHost tracing)
{
    private const string Path = "api/v1/admin/dead-letters";
    private static readonly string[] All = ["dead-letters:read", "dead-letters:write"];

    [Fact]
    public async Task A_batch_that_cannot_be_stored_ends_where_it_can_be_looked_at_sent_again_and_discarded()
    {
        // Its sender may forget it: it is kept.
        var id = await tracing.Publish([null!]);

        var (listed, page) = await tracing.Get($"{Path}?queue=tracing-call-records&state=parked", DefaultTenant.Id, All);
        listed.ShouldBe(HttpStatusCode.OK);
        var letter = page.GetProperty("items").EnumerateArray().Single(l => l.GetProperty("message_id").GetGuid() == id);
        letter.GetProperty("kind").GetString().ShouldBe("faulted");
        letter.GetProperty("reason").GetString()!.ShouldContain("request.invalid");
        letter.GetProperty("message_type").GetString().ShouldBe("McpPlatform.Contracts.Gateway.CallRecordsCaptured");
        var own = $"{Path}/{letter.GetProperty("id").GetGuid()}";
        var (_, detail) = await tracing.Get(own, DefaultTenant.Id, All);
        detail.GetProperty("body").GetString()!.ShouldContain(id.ToString());

        (await tracing.Call(HttpMethod.Post, $"{own}/requeue", DefaultTenant.Id, All)).ShouldBe(HttpStatusCode.NoContent);
        await Until.True(async () => (await Times(own)) == 2, TimeSpan.FromSeconds(30), () => "It did not fail and come back.");
        (await tracing.Call(HttpMethod.Delete, own, DefaultTenant.Id, All)).ShouldBe(HttpStatusCode.NoContent);
        (await tracing.Call(HttpMethod.Post, $"{own}/requeue", DefaultTenant.Id, All)).ShouldBe(HttpStatusCode.Conflict);
        (await tracing.Get($"{Path}?state=discarded", DefaultTenant.Id, All)).Body.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Only_callers_of_the_default_tenant_with_the_permission_get_in()
    {
        (await tracing.Get(Path, Guid.CreateVersion7(), All)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await tracing.Get(Path, DefaultTenant.Id, "traces:read")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await tracing.Call(HttpMethod.Delete, $"{Path}/{Guid.NewGuid()}", DefaultTenant.Id, "dead-letters:read")).ShouldBe(HttpStatusCode.Forbidden);
        (await tracing.Call(HttpMethod.Delete, $"{Path}/{Guid.NewGuid()}", DefaultTenant.Id, All)).ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<int> Times(string letter) => (await tracing.Get(letter, DefaultTenant.Id, All)).Body.GetProperty("summary").GetProperty("times").GetInt32();
}
