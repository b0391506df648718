using System.Globalization;
using McpPlatform.Benchmarks.Measuring;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>The forwarder in a process of its own, with the gateway's kind of garbage collector.</summary>
internal sealed class ForwarderProcess : IParty, IDisposable
{
    public const string AllocatedPath = "/allocated";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Child _child;
    private readonly Uri _address;

    private ForwarderProcess(Child child, Uri address) => (_child, _address) = (child, address);

    public Uri Endpoint => new(_address, "/mcp");

    public static async Task<ForwarderProcess> Start(Uri target, IReadOnlyDictionary<string, string> environment)
    {
        var (child, address) = await Child.Serve(["forwarder", target.AbsoluteUri], new Dictionary<string, string>([.. GatewayProcess.Runtime.Where(set => !environment.ContainsKey(set.Key)), .. environment]));
        return new ForwarderProcess(child, address);
    }

    public async Task<Spending> Spent() =>
        new(_child.Processor, long.Parse(await _http.GetStringAsync(new Uri(_address, AllocatedPath)), CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _http.Dispose();
        _child.Dispose();
    }
}
