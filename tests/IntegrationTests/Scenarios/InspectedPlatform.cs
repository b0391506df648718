using McpPlatform.IntegrationTests.Platform;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A platform of which more is known than others know: the key of its services, and every span and line of a request. Classes that only ask share one, one after the other.</summary>
public abstract class InspectedPlatform(IPlatformForm form) : IAsyncLifetime
{
    internal const string InternalKey = "internal-key-of-the-trust-scenarios-0123456789";

    private TestCollector? _collector;
    private Steps? _steps;

    /// <summary>Gets the spans of all requests; each scenario knows its own by their trace.</summary>
    internal TestCollector Collector => _collector ?? throw new InvalidOperationException("Not started.");

    internal Steps Steps => _steps ?? throw new InvalidOperationException("Not started.");

    internal IPlatformUnderTest Platform => Steps.Platform;

    public async ValueTask InitializeAsync()
    {
        _collector = await TestCollector.Start();
        var settings = _collector.Settings;
        settings["MCPP_INTERNAL_KEY"] = InternalKey;
        settings["Limits__RequestsPerSecond"] = "100000";
        settings["Limits__Burst"] = "100000";
        settings["Gateway__RequestsPerSecond"] = "100000";
        settings["Gateway__Burst"] = "100000";
        // The platform itself says nothing of requests that succeed; the framework can.
        settings["Logging__LogLevel__Microsoft.AspNetCore.Routing"] = "Information";
        _steps = await Steps.With(await form.Create(settings));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var part in (IAsyncDisposable?[])[_steps, _collector])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
