using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp health</c>: is it there, and is it ready? Works without a key; with one it shows the components.</summary>
internal static class HealthCommand
{
    public static Command Create(CommandFactory factory) => factory.Verb("health", "Whether the platform is ready; exit code 1 when it is not", async context =>
    {
        using var response = await context.Api.SendRaw(new HttpRequestMessage(HttpMethod.Get, "health"), HttpCompletionOption.ResponseContentRead, context.Cancellation);
        var body = await ApiClient.ReadJson(response, context.Cancellation);
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable) || body is not JsonObject)
        {
            throw ApiException.From(response.StatusCode, body);
        }

        context.Print.Object(body);
        return response.IsSuccessStatusCode ? ExitCode.Ok : ExitCode.Failed;
    });
}
