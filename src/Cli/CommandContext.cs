using System.CommandLine;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli;

/// <summary>One running command: its arguments, the platform it talks to, and where it prints.</summary>
internal sealed class CommandContext(ParseResult parse, Terminal terminal, GlobalOptions options, CancellationToken cancellationToken) : IDisposable
{
    private ApiClient? _api;

    public Terminal Terminal => terminal;

    public CancellationToken Cancellation => cancellationToken;

    public Printer Print { get; } = new(terminal, parse.GetValue(options.Json));

    /// <summary>Address and key by option, then environment, then the config file.</summary>
    public ConnectionSettings Settings => field ??= ConnectionSettings.Resolve(parse.GetValue(options.Url), parse.GetValue(options.Key), parse.GetValue(options.KeyFile), terminal);

    /// <summary>The management API; needs a key.</summary>
    public ApiClient Api => _api ??= new ApiClient(Settings);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T Get<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    /// <summary>Whether the key was given on the command line.</summary>
    public bool HasKeyOption => parse.GetValue(options.Key) is not null || parse.GetValue(options.KeyFile) is not null;

    public void Dispose() => _api?.Dispose();
}
