using System.IO.Pipelines;
using System.Text;
using McpPlatform.Cli;

namespace McpPlatform.UnitTests.Cli;

/// <summary>A desktop client with <c>mcpp stdio</c> as its server, in this process: lines in, lines out, with deadlines.</summary>
internal sealed class StdioClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly StringWriter _error = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly StreamReader _lines;

    private readonly bool _isDead;

    private StdioClient(string url, string[] args, bool isDead)
    {
        _isDead = isDead;
        _lines = new StreamReader(_output.Reader.AsStream(), Encoding.UTF8);
        var environment = new Dictionary<string, string> { ["MCPP_URL"] = url, ["MCPP_KEY"] = "mcpp_test" };
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, _error, false, false, int.MaxValue, environment.GetValueOrDefault, Path.Combine(Path.GetTempPath(), "mcpp-no-config.json"), ".")
        {
            OpenInput = () => _input.Reader.AsStream(),
            OpenOutput = () => _isDead ? new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0) : _output.Writer.AsStream(),
        };
        Exit = Task.Run(() => Mcpp.Run(["stdio", .. args], terminal, _stop.Token));
    }

    /// <summary>Ends with the process' exit code.</summary>
    public Task<int> Exit { get; }

    public string Error => _error.ToString();

    public static StdioClient Start(string url, params string[] args) => new(url, args, isDead: false);

    /// <summary>One that cannot be written to.</summary>
    public static StdioClient StartDead(string url) => new(url, [], isDead: true);

    public async Task Send(string message) => await _input.Writer.WriteAsync(Encoding.UTF8.GetBytes(message + "\n"));

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> Next()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await _lines.ReadLineAsync(deadline.Token);
    }

    /// <summary>The handshake.</summary>
    public async Task Initialize(string version = "2025-11-25")
    {
        await Send($$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{{version}}}}","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}""");
        var answer = await Next();
        if (answer?.Contains("\"result\"", StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException(answer);
        }

        await Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
    }

    /// <summary>Ends the input, as a client that closes does.</summary>
    public Task<int> End()
    {
        _input.Writer.Complete();
        return Exit.WaitAsync(Patience);
    }

    public Task<int> Interrupt()
    {
        _stop.Cancel();
        return Exit.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _input.Writer.Complete();
        await _stop.CancelAsync();
        await Exit.WaitAsync(Patience);
        _lines.Dispose();
        _stop.Dispose();
    }
}
