using McpPlatform.IntegrationTests.Platform;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>
/// A platform for scenarios that tell it to stop, kill it or take its database away. Several classes share one, one after the other: each of them leaves it whole, and none of their
/// settings means anything to the others.
/// </summary>
public abstract class HurtPlatform(IPlatformForm form) : IAsyncLifetime
{
    /// <summary>How long a gateway that is told to stop waits for what runs.</summary>
    internal static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(4);

    internal Steps Steps { get; private set; } = null!;

    /// <summary>Server <c>slow</c>, whose calls a scenario holds back.</summary>
    internal ScriptedUpstream Slow { get; private set; } = null!;

    /// <summary>Server <c>old</c> of the legacy era, with a tool <c>hang</c> that reports progress once and never answers.</summary>
    internal WireUpstream Old { get; private set; } = null!;

    /// <summary>An API that packs are made of; the factory may reach it.</summary>
    internal TestApi Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (Slow, Old, Api) = (await ScriptedUpstream.Start(), await WireUpstream.Start(isModern: false), await TestApi.Start());
        Old.Tool("hang", static async call =>
        {
            await call.Progress(1);
            return await call.Hang();
        });
        Steps = await Steps.With(await form.Create(new Dictionary<string, string>
        {
            ["Drain__Timeout"] = $"{DrainTimeout}",
            ["Drain__Notice"] = "00:00:00.8",
            ["Factory__AllowedPrivateHosts__0"] = "127.0.0.0/8",
        }));
        await Steps.Register("slow", new { transport = "http", url = Slow.Address });
        await Steps.RegisterHttp("old", Old.Address);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var part in (IAsyncDisposable?[])[Steps, Slow, Old, Api])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
