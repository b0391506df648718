using System.Collections.Concurrent;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Kernel;
using McpPlatform.Mcp.Upstream;
using McpPlatform.Net;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Makes connections as a server's entry says, with its credentials decrypted in memory. HTTP goes through the guarded handler: private addresses only for
/// servers that an admin allowed to have one.
/// </summary>
internal sealed class ConnectionFactory : IConnectionFactory, IDisposable
{
    private static readonly ClientIdentity Platform = new("mcpplatform-gateway", typeof(ConnectionFactory).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");

    /// <summary>
    /// What is on connections is bounded where it is decided: calls under way by server and tenant, streams by sessions, calls that wait for their client by principal. A bound here would
    /// have streams and waiting calls keep the others from the server, and one tenant keep another from a host that both use.
    /// </summary>
    private const int Unbounded = int.MaxValue;

    private readonly ISecretProtector _protector;
    private readonly LauncherBook _launchers;
    private readonly ChildMarks _marks;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;

    // One handler for each time to connect: the time belongs to the handler. Rounded, so that their number is bounded (600 of each kind).
    private readonly ConcurrentDictionary<(bool Private, long ConnectTenths), Lazy<HttpMessageInvoker>> _http = new();

    public ConnectionFactory(ISecretProtector protector, LauncherBook launchers, ChildMarks marks, IOptions<GatewayOptions> options, TimeProvider time)
    {
        (_protector, _launchers, _marks, _options, _time) = (protector, launchers, marks, options.Value, time);
    }

    public NewConnection Create(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms) => how.Transport switch
    {
        "http" or "sse" => Http(key, how, era, terms),
        "stdio" => Stdio(key, how, era, terms),
        var other => throw new UpstreamSetupException(FailureKind.Protocol, $"This gateway does not know the transport '{other}'."),
    };

    /// <summary>A stdio server's variables, in clear.</summary>
    public IReadOnlyDictionary<string, string> OpenVariables(UpstreamKey key, ServerConnection how) => Open(key, how.Variables, static name => $"variable:{name}");

    public void Dispose()
    {
        foreach (var http in _http.Values.Where(http => http.IsValueCreated))
        {
            http.Value.Dispose();
        }
    }

    private NewConnection Http(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms)
    {
        var headers = Open(key, how.Headers, static name => $"header:{name.ToLowerInvariant()}");
        var options = new HttpUpstreamOptions
        {
            Endpoint = new Uri(how.Url ?? throw new UpstreamSetupException(FailureKind.Protocol, "The server's entry has no address.")),
            Headers = [.. headers],
            Era = era,
            Peer = terms.Peer,
            IsExclusive = terms.IsExclusive,
            MaxResponseBytes = _options.MaxResponseBytes,
            MaxStreamBytes = _options.MaxStreamBytes,
            HeaderTimeout = Or(how.Timeouts?.HeadersMs, _options.HeadersTimeout),
            IdleTimeout = Or(how.Timeouts?.IdleMs, _options.IdleTimeout),
        };
        var http = Invoker(how.AllowPrivateAddress, Or(how.Timeouts?.ConnectMs, _options.ConnectTimeout));
        var client = As(terms);
        IUpstreamConnection connection = how.Transport == "sse" ? new SseUpstream(http, options, client, _time) : new HttpUpstream(http, options, client, _time);
        return new NewConnection(connection, new KnownSecrets(headers));
    }

    private static ClientIdentity As(in ConnectionTerms terms) => terms.Capabilities.IsEmpty ? Platform : Platform with { Capabilities = terms.Capabilities };

    private static TimeSpan Or(int? milliseconds, TimeSpan otherwise) => milliseconds is { } own ? TimeSpan.FromMilliseconds(own) : otherwise;

    private HttpMessageInvoker Invoker(bool allowPrivate, TimeSpan connect) => _http.GetOrAdd(
        (allowPrivate, (long)Math.Ceiling(connect.TotalSeconds * 10)),
        static key => new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(GuardedHttpHandler.Create(
            key.Private ? new EgressPolicy { AllowPrivate = true } : EgressPolicy.PublicOnly,
            new GuardedHttpOptions { ConnectTimeout = TimeSpan.FromSeconds(key.ConnectTenths / 10.0), MaxConnectionsPerServer = Unbounded })))).Value;

    private NewConnection Stdio(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms)
    {
        var values = OpenVariables(key, how);
        var launcher = _launchers.Get(how.Launcher ?? throw new UpstreamSetupException(FailureKind.LauncherUnknown, "The server's entry names no launcher."));
        var plan = launcher.Plan(values);
        var options = new StdioOptions
        {
            Command = plan.Command,
            Arguments = plan.Arguments,
            Environment = plan.Environment,
            WorkingDirectory = plan.WorkingFolder,
            ConnectTimeout = _options.StartTimeout,
            StopGrace = _options.StopGrace,
            StderrBytes = _options.StderrBytes,
            Mark = _marks.Next(),
            Era = era,
            Peer = terms.Peer,
            IsExclusive = terms.IsExclusive,
        };
        return new NewConnection(new StdioUpstream(options, As(terms), _time), new KnownSecrets(values)) { Mark = options.Mark };
    }

    private Dictionary<string, string> Open(UpstreamKey key, IReadOnlyList<ProtectedValue> sealedValues, Func<string, string> field)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in sealedValues)
        {
            try
            {
                values[value.Name] = _protector.Unprotect(value.Ciphertext, new SecretPlace(key.TenantId, key.ServerId, field(value.Name))).Reveal();
            }
            catch (SecretUnreadableException exception)
            {
                throw new UpstreamSetupException(FailureKind.CredentialUnreadable, exception.Message, exception);
            }
        }

        return values;
    }
}
