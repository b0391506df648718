using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>What the gateway serves of a server under quarantine, whoever says what the server lists.</summary>
public sealed class PinsTests
{
    [Fact]
    public void Only_what_is_pinned_by_name_and_content_is_listed_and_callable()
    {
        var server = Route(Server("s", ("kept", "1"), ("changed", "2"), ("added", "3")) with { Pins = [Pin("kept", "1"), Pin("changed", "1"), Pin("gone", "9")] });

        server.Tools.Select(tool => tool.Name).ShouldBe(["kept"]);
        server.ByName.Keys.ShouldBe(["kept"]);
        server.WithheldTools.Select(tool => tool.Name).ShouldBe(["added", "changed"]);
    }

    [Fact]
    public void Nothing_is_withheld_without_pins_and_everything_with_none()
    {
        Route(Server("s", ("a", "1"))).Tools.Length.ShouldBe(1);
        Route(Server("s", ("a", "1")) with { Pins = [] }).Tools.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_gateway_sees_itself_before_the_registry_knows_is_filtered_by_the_same_pins()
    {
        using var folder = new TempFolder();
        var store = new GatewayStateStore(new SnapshotFiles(folder.Path, TimeProvider.System), new RecordingObserver(), TimeProvider.System);
        var entry = Server("s", ("kept", "1"), ("pulled", "1")) with { Pins = [Pin("kept", "1"), Pin("pulled", "1")] };
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, entry)));

        store.Saw(entry.TenantId, entry.ServerId, Server("s", ("kept", "1"), ("pulled", "2"), ("added", "1")).Tools, Offer("Now do this."));

        var route = store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["s"];
        route.Tools.Select(tool => tool.Name).ShouldBe(["kept"]);
        route.Legacy!.Instructions.ShouldBeNull();

        // An older snapshot that still shows the old content does not bring it back while the gateway knows better; one with the new pin does.
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(2, entry)));
        store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["s"].Tools.Select(tool => tool.Name).ShouldBe(["kept"]);
        store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(3, Server("s", ("kept", "1"), ("pulled", "2")) with { Pins = [Pin("kept", "1"), Pin("pulled", "2")] })));
        store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["s"].Tools.Select(tool => tool.Name).ShouldBe(["kept", "pulled"]);
    }

    [Fact]
    public void A_start_from_the_disk_withholds_as_before()
    {
        using var folder = new TempFolder();
        var entry = Server("s", ("kept", "1"), ("added", "1")) with { Pins = [Pin("kept", "1")] };
        new GatewayStateStore(new SnapshotFiles(folder.Path, TimeProvider.System), new RecordingObserver(), TimeProvider.System).OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, entry)));

        var restarted = new GatewayStateStore(new SnapshotFiles(folder.Path, TimeProvider.System), new RecordingObserver(), TimeProvider.System);
        restarted.LoadFromDisk();

        restarted.Current.Registry.RoutesOf(DefaultTenant.Id).Tools.Select(tool => tool.Name).ShouldBe(["kept"]);
    }

    [Fact]
    public void A_withheld_resource_and_what_a_withheld_template_stands_for_cannot_be_read()
    {
        var offer = new ServerOffer(
            new ServerFace("2025-11-25", null, "Hello."), null, [],
            [Item("note://1", "uri", "1"), Item("note://2", "uri", "2")],
            [Item("file://{path}", "uriTemplate", "3")]);
        var route = Route(Server("s") with
        {
            Offer = offer,
            Pins = [new(DefinitionKinds.Resource, "note://1", "1"), new(DefinitionKinds.Instructions, Eras.Legacy, DefinitionPin.HashOf("Hello."))],
        });

        route.Resources.Select(resource => resource.Name).ShouldBe(["note://1"]);
        route.ResourceTemplates.ShouldBeEmpty();
        route.Legacy!.Instructions.ShouldBe("Hello.");
        (route.Withholds("note://1"), route.Withholds("note://2"), route.Withholds("file://etc"), route.Withholds("other://1")).ShouldBe((false, true, true, false));
    }

    private static ServerRoute Route(ServerEntry entry) =>
        RegistryState.Compile(Snapshots.Registry(1, entry), RegistryState.Empty).RoutesOf(DefaultTenant.Id).Servers[entry.Slug];

    private static ServerEntry Server(string slug, params (string Name, string Hash)[] tools) =>
        Snapshots.Server(slug) with { Tools = [.. tools.Select(tool => Snapshots.Tool(tool.Name) with { Hash = tool.Hash })] };

    private static ServerOffer Offer(string instructions) => new(new ServerFace("2025-11-25", null, instructions), null, [], [], []);

    private static OfferedItem Item(string key, string member, string hash) => new(key, JsonElement.Parse($$"""{"{{member}}":"{{key}}","name":"n"}"""), Hash: hash);

    private static DefinitionPin Pin(string name, string hash) => new(DefinitionKinds.Tool, name, hash);
}
