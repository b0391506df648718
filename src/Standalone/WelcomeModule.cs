using System.Reflection;
using McpPlatform.Hosting;

namespace McpPlatform.Standalone;

/// <summary>Tells whoever started the platform by hand what to paste next.</summary>
internal sealed class WelcomeModule : IServiceModule
{
    public static string Name => "welcome";

    public static Assembly Core => typeof(WelcomeModule).Assembly;

    public static void AddServices(IHostApplicationBuilder builder) => builder.Services.AddHostedService<Welcome>();

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
    }
}
