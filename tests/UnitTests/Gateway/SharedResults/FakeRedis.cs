using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace McpPlatform.UnitTests.Gateway.SharedResults;

/// <summary>Answers as a Redis does, until it is told to do something else.</summary>
internal sealed class FakeRedis : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _work;

    /// <param name="isEncrypted">With a certificate that nobody trusts.</param>
    public FakeRedis(bool isEncrypted = false)
    {
        if (isEncrypted)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            _certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }

        _listener.Start();
        _work = Accept();
    }

    public string Address => $"redis{(_certificate is null ? "" : "s")}://u:p@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/0";

    /// <summary>What it answers to a command by its name; null: nothing at all.</summary>
    public Func<string, string?> Answer { get; set; } = command => command switch { "PING" => "+PONG\r\n", "PTTL" => ":-2\r\n", "GETRANGE" => "$0\r\n\r\n", _ => "+OK\r\n" };

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _listener.Dispose();
        _certificate?.Dispose();
        _end.Dispose();
    }

    private async Task Accept()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                clients.Add(Serve(await _listener.AcceptTcpClientAsync(_end.Token)));
                Connections++;
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
                stream = secure;
            }

            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await reader.ReadLineAsync(_end.Token) is { } head)
            {
                var words = new string[int.Parse(head[1..])];
                for (var i = 0; i < words.Length; i++)
                {
                    var text = new char[int.Parse((await reader.ReadLineAsync(_end.Token))![1..])];
                    await reader.ReadBlockAsync(text, _end.Token);
                    await reader.ReadLineAsync(_end.Token);
                    words[i] = new string(text);
                }

                if (Answer(words[0]) is { } answer)
                {
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _end.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The other side left, or the test did.
        }
    }
}
