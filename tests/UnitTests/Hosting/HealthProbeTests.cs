using System.Net;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Hosting;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    [InlineData(302, 1)]
    public async Task Exit_code_says_whether_the_process_is_healthy(int status, int exitCode)
    {
        await using var process = await Listening(status);

        (await Ask("--port", Port(process))).ShouldBe(exitCode);
    }

    [Fact]
    public async Task Nobody_listening_is_unhealthy()
    {
        string port;
        await using (var process = await Listening(200))
        {
            port = Port(process);
        }

        (await Ask("--port", port)).ShouldBe(1);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_process_is_asked_on_the_address_that_it_listens_on(string host)
    {
        await using var process = await Listening(200);

        (await Ask("--host", host, "--port", Port(process))).ShouldBe(0);
    }

    private static Task<int> Ask(params string[] options)
    {
        CommandLine.TryParse(["health", .. options], out var command, out _).ShouldBeTrue();
        command.Verb.ShouldBe(Verb.Health);
        return HealthProbe.Ask(HealthProbe.Settings(command));
    }

    private static string Port(WebApplication app) => $"{new Uri(app.Urls.Single()).Port}";

    private static async Task<WebApplication> Listening(int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/health", () => Results.StatusCode(status));
        await app.StartAsync();
        return app;
    }
}
