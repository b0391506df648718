using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Security;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using McpPlatform.Tracing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace McpPlatform.IntegrationTests.Tracing;

/// <summary>The tracing module as it is hosted in production, on a PostgreSQL with roles as in production, beside a module through which tests publish.</summary>
public sealed class TracingHost : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private string _folder = "";
    private Task<int> _run = Task.FromResult(0);
    private Uri _address = null!;

    internal PrivatePostgres Postgres { get; private set; } = null!;

    internal IServiceProvider Services { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("mcpp-tracing-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        Postgres = await PrivatePostgres.Create(Path.Combine(_folder, "postgres"));
        TestModule.Settings = Postgres.Settings.ToDictionary(s => s.Key.Replace("__", ":", StringComparison.Ordinal), s => (string?)s.Value);
        var port = Shell.FreePorts(1)[0];
        _address = new Uri($"http://127.0.0.1:{port}/");
        _run = ServiceHost.Create(["--host", "127.0.0.1", "--port", $"{port}", "--data", Path.Combine(_folder, "data")])
            .With<TestModule>()
            .With<TracingModule>()
            .RunAsync();
        if (await Task.WhenAny(_run, TestModule.Started.Task.WaitAsync(TimeSpan.FromSeconds(30))) == _run)
        {
            throw new InvalidOperationException($"Tracing did not start (exit code {await _run}); its message is in the output.");
        }

        Services = await TestModule.Started.Task;
        await Services.GetServices<IDatabaseMigrator>().Single().Ready.WaitAsync(TimeSpan.FromSeconds(30));
        await Until.True(() => Task.FromResult(Services.GetRequiredService<IEventBus>().IsReady), TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _run.WaitAsync(TimeSpan.FromSeconds(30));
        _http.Dispose();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Publishes a batch and returns once it is committed.</summary>
    internal async Task<Guid> Publish(IReadOnlyList<CallRecord> records, Guid? eventId = null)
    {
        var id = eventId ?? Guid.CreateVersion7();
        await Services.GetRequiredService<IEventBus>()
            .Publish(new CallRecordsCaptured(id, DateTimeOffset.UtcNow, Guid.Empty, "gateway-1", $"gateway-1/1/{id:n}", records), id, TestContext.Current.CancellationToken);
        return id;
    }

    internal async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path, Guid tenant, params string[] permissions)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        var caller = new Caller(tenant, "tester", Guid.CreateVersion7(), permissions is [] ? ["traces:read"] : permissions);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Services.GetRequiredService<ServiceTokens>().Issue("gateway", caller));
        return await Send(request);
    }

    /// <summary>Sends a request without a body, and returns how it was answered.</summary>
    internal async Task<HttpStatusCode> Call(HttpMethod method, string path, Guid tenant, params string[] permissions)
    {
        using var request = new HttpRequestMessage(method, new Uri(_address, path));
        var caller = new Caller(tenant, "tester", Guid.CreateVersion7(), permissions);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Services.GetRequiredService<ServiceTokens>().Issue("gateway", caller));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    internal async Task<(HttpStatusCode Status, JsonElement Body)> PostInternal(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Services.GetRequiredService<ServiceTokens>().Issue("gateway"));
        return await Send(request);
    }

    /// <summary>Asks as the service's role, for one tenant (or <c>*</c>), in plain SQL.</summary>
    internal async Task<object?> Ask(string sql, string tenant)
    {
        await using var source = NpgsqlDataSource.Create(Postgres.Runtime("tracing"));
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var enter = new NpgsqlCommand($"SELECT set_config('{TenantWalls.Setting}', $1, false)", connection) { Parameters = { new() { Value = tenant } } })
        {
            await enter.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Send(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }
}

/// <summary>Settings into the host, and its services out of it. There is one such host in this process.</summary>
internal sealed class TestModule : IServiceModule
{
    public static string Name => "test";

    public static Assembly Core => typeof(TestModule).Assembly;

    public static Dictionary<string, string?> Settings { get; set; } = [];

    public static TaskCompletionSource<IServiceProvider> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void AddServices(IHostApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(Settings);

    public static void MapEndpoints(IEndpointRouteBuilder endpoints) =>
        endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => Started.TrySetResult(endpoints.ServiceProvider));
}
