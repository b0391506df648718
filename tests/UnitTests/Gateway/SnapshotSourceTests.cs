using System.Net;
using McpPlatform.Gateway.Infrastructure.Snapshots;
using McpPlatform.Gateway.State;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>What asks for snapshots goes on asking, whatever becomes of one.</summary>
public sealed class SnapshotSourceTests : IDisposable
{
    private readonly Service _service = new();
    private readonly Levelled _log = new();
    private int _offered;

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task A_snapshot_that_nobody_can_use_is_logged_once_and_asked_for_again()
    {
        var source = Source(() => _offered < 3 ? throw new InvalidOperationException("Odd.") : SnapshotOutcome.Taken);

        for (var turn = 1; turn <= 3; turn++)
        {
            await source.Refresh(TestContext.Current.CancellationToken);
            _offered.ShouldBe(turn);
        }

        _log.Levels.ShouldBe([LogLevel.Error, LogLevel.Information]);
    }

    [Fact]
    public async Task The_stop_is_thrown()
    {
        using var stop = new CancellationTokenSource();
        var source = Source(() =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        });

        await Should.ThrowAsync<OperationCanceledException>(() => source.Refresh(stop.Token));
        _log.Levels.ShouldBeEmpty();
    }

    private SnapshotSource Source(Func<SnapshotOutcome> offer) => new(
        "registry",
        "snapshot",
        _service,
        _ =>
        {
            _offered++;
            return offer();
        },
        () => { },
        _log);

    private sealed class Service : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://registry.test/") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") });
    }

    private sealed class Levelled : ILogger<SnapshotRefresher>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }
}
