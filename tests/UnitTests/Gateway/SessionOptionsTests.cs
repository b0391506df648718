using System.ComponentModel.DataAnnotations;
using System.Globalization;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Hosting;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class SessionOptionsTests
{
    private static readonly Dictionary<string, string> Others = new()
    {
        ["MaxPerPrincipal"] = "7", ["MaxPerTenant"] = "8", ["Max"] = "9", ["IdleLimit"] = "00:02:00", ["MaxAge"] = "02:00:00", ["MaxRunning"] = "5", ["MaxQuestions"] = "6", ["MaxWatched"] = "3",
        ["KeptEvents"] = "11", ["KeptBytes"] = "2048", ["KeptBytesPerTenant"] = "4096", ["KeptBytesInAll"] = "8192", ["ArrivingBytes"] = "131073", ["KeepFor"] = "00:00:09", ["UnsentBytes"] = "3072", ["StallLimit"] = "00:00:07",
        ["KeepAlive"] = "00:00:05", ["Retry"] = "00:00:03",
    };

    [Fact]
    public void Nothing_set_is_what_endpoints_have_by_themselves()
    {
        new GatewaySessionOptions().Bounds.ShouldBe(new ClientSessionOptions());
        new GatewaySessionOptions().KeepAlive.ShouldBe(new McpEndpointOptions().KeepAlive);
        new GatewaySessionOptions().ArrivingBytes.ShouldBe(new McpEndpointOptions().MaxArrivingBytes);
    }

    [Fact]
    public async Task Every_setting_reaches_the_endpoints()
    {
        Others.Keys.ShouldBe(typeof(GatewaySessionOptions).GetProperties().Where(p => p.SetMethod is not null).Select(p => p.Name), ignoreOrder: true);
        using var folder = new TempFolder();
        var settings = Others.ToDictionary(o => $"Gateway:Sessions:{o.Key}", o => (string?)o.Value);
        settings["MCPP_DATA"] = folder.File("data");
        settings["MCPP_INTERNAL_KEY"] = settings["MCPP_MASTER_KEY"] = new string('5', 64);
        await using var app = ServiceHost.Create([]).With<GatewayModule>().Build(new CommandLine(Verb.Run, settings));

        var endpoint = app.Services.GetRequiredService<McpEndpointOptions>();

        endpoint.Sessions.ShouldBe(new ClientSessionOptions
        {
            MaxPerCaller = 7,
            MaxPerTenant = 8,
            MaxTotal = 9,
            IdleLimit = TimeSpan.FromMinutes(2),
            MaxAge = TimeSpan.FromHours(2),
            MaxRunning = 5,
            MaxQuestions = 6,
            MaxKeptEvents = 11,
            MaxKeptBytes = 2048,
            MaxKeptBytesPerTenant = 4096,
            MaxKeptBytesInAll = 8192,
            KeepFor = TimeSpan.FromSeconds(9),
            MaxUnsentBytes = 3072,
            StallLimit = TimeSpan.FromSeconds(7),
            Retry = TimeSpan.FromSeconds(3),
        });
        endpoint.MaxArrivingBytes.ShouldBe(131_073);
        endpoint.KeepAlive.ShouldBe(TimeSpan.FromSeconds(5));
        app.Services.GetRequiredService<SealedSessionOptions>().MaxAge.ShouldBe(TimeSpan.FromHours(2));
        app.Services.GetRequiredService<SessionParts>().MaxWatched.ShouldBe(3);
        app.Services.GetRequiredService<IOptions<GatewaySessionOptions>>().Value.MaxWatched.ShouldBe(3);
    }

    [Fact]
    public void A_value_out_of_range_is_refused_by_the_name_of_its_setting()
    {
        foreach (var property in typeof(GatewaySessionOptions).GetProperties().Where(p => p.SetMethod is not null))
        {
            var options = new GatewaySessionOptions();
            property.SetValue(options, property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromDays(1000) : Convert.ChangeType(0, property.PropertyType, CultureInfo.InvariantCulture));
            var problems = new List<ValidationResult>();

            Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true).ShouldBeFalse(property.Name);
            problems.ShouldHaveSingleItem().ErrorMessage!.ShouldStartWith($"Gateway__Sessions__{property.Name} must be between ");
        }
    }

    [Fact]
    public void Listeners_have_the_same_bounds_and_give_their_place_back_once()
    {
        var listeners = new Listeners(maxPerPrincipal: 2, maxPerTenant: 3, max: 4);
        var first = listeners.TryEnter("a", "x", out _).ShouldNotBeNull();
        listeners.TryEnter("a", "x", out _).ShouldNotBeNull();
        Refused("a", "x").ShouldBe(429);
        listeners.TryEnter("a", "y", out _).ShouldNotBeNull();
        Refused("a", "z").ShouldBe(429);
        listeners.TryEnter("b", "x", out _).ShouldNotBeNull();
        Refused("c", "x").ShouldBe(503);

        first.Dispose();
        first.Dispose();

        listeners.TryEnter("c", "x", out _).ShouldNotBeNull();
        Refused("c", "y").ShouldBe(503);

        int? Refused(string tenant, string subject)
        {
            listeners.TryEnter(tenant, subject, out var refusal).ShouldBeNull();
            return refusal?.HttpStatus;
        }
    }
}
