using System.Text;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>One server for all slugs that answers as told and remembers what it was sent.</summary>
internal sealed class FakeUpstreams : IUpstreams, IUpstreamConnection
{
    public List<(string Server, string Params)> Received { get; } = [];

    public Func<UpstreamRequest, CancellationToken, Task<string>> Answer { get; set; } =
        (_, _) => Task.FromResult("""{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""");

    public KnownSecrets Secrets { get; set; } = KnownSecrets.None;

    public bool IsClosed => false;

    private string _server = "";

    public ValueTask<UpstreamLease> Get(EndpointRoute endpoint, UpstreamUser user, CancellationToken cancellationToken)
    {
        _server = endpoint.Server.Slug;
        return new(new UpstreamLease(this, Secrets, null));
    }

    public ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> Listen(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        Received.Add((_server, Encoding.UTF8.GetString(request.Params.Span)));
        var answer = await Answer(request, cancellationToken);
        return new UpstreamAnswer(EnvelopeParser.Parse(Encoding.UTF8.GetBytes(answer)).Envelope!, new MemoryStream());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
