using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace McpPlatform.PackRuntime;

/// <summary>What the process is told on its command line: nothing secret, every user of the machine can read it.</summary>
/// <param name="Pack">Path of <c>pack.lock.json</c>.</param>
/// <param name="Host">Address that the MCP endpoint listens on; default 127.0.0.1.</param>
/// <param name="Port">Port of the MCP endpoint; 0: any free one, told by the log line <c>listening</c>.</param>
/// <param name="ManagementPort">Port of the probes on 127.0.0.1; 0: any free one.</param>
/// <param name="SecretsDescriptor">The inherited descriptor from which <see cref="RuntimeSecrets"/> are read; default 0, standard input.</param>
internal sealed record RuntimeOptions(string Pack, IPAddress Host, int Port, int ManagementPort, int SecretsDescriptor)
{
    public const string Usage = "usage: packruntime --pack pack.lock.json [--host 127.0.0.1] [--port 0] [--management-port 0] [--secrets-fd 0]";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out RuntimeOptions? options)
    {
        options = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            values[args[i]] = args[i + 1];
        }

        var isComplete = args.Length % 2 == 0 && values.Keys.All(k => k is "--pack" or "--host" or "--port" or "--management-port" or "--secrets-fd");
        if (!isComplete || !values.TryGetValue("--pack", out var pack))
        {
            return false;
        }

        if (!IPAddress.TryParse(values.GetValueOrDefault("--host", "127.0.0.1"), out var host))
        {
            return false;
        }

        if (!Number("--port", 65535, out var port) || !Number("--management-port", 65535, out var management) || !Number("--secrets-fd", 1023, out var descriptor))
        {
            return false;
        }

        options = new RuntimeOptions(pack, host, port, management, descriptor);
        return true;

        bool Number(string name, int max, out int number)
        {
            number = 0;
            return !values.TryGetValue(name, out var text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max);
        }
    }
}
