namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The platform as the scenarios see it: addresses, a key, and the means to hurt it. Each scenario is written once against this.</summary>
public interface IPlatformUnderTest : IAsyncDisposable
{
    /// <summary>The public address.</summary>
    Uri Address { get; }

    /// <summary>The public address of each gateway; the first one is <see cref="Address"/>.</summary>
    IReadOnlyList<Uri> Gateways { get; }

    /// <summary>Where the platform's own services reach one of them, or the first gateway.</summary>
    Uri InternalAddress(string service);

    /// <summary>The admin key of the first start.</summary>
    string AdminKey { get; }

    /// <summary>Its data folder: keys, snapshots, spool.</summary>
    string DataFolder { get; }

    /// <summary>Everything that all processes have written to their logs so far.</summary>
    string Logs { get; }

    /// <summary>The process of each gateway, in the order of <see cref="Gateways"/>.</summary>
    IReadOnlyList<int> GatewayProcesses { get; }

    /// <summary>Connection string of a service's database, as its runtime role.</summary>
    string RuntimeConnection(string service);

    /// <summary>Connection string of a service's database, as the role that owns it.</summary>
    string OwnerConnection(string service);

    /// <summary>kill -9, without waiting for anything.</summary>
    Task Kill();

    /// <summary>Starts what of it does not run on the same data and ports; returns when it is healthy, or right away.</summary>
    Task Start(bool waitUntilHealthy = true);

    Task StopDatabase();

    Task StartDatabase();
}

/// <summary>A form that the platform can take.</summary>
public interface IPlatformForm
{
    /// <summary>Makes a new, empty platform and waits until it is healthy.</summary>
    /// <param name="settings">Further environment variables, for every process.</param>
    Task<IPlatformUnderTest> Create(IReadOnlyDictionary<string, string>? settings = null);
}
