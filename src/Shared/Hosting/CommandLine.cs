using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace McpPlatform.Hosting;

internal enum Verb
{
    Run,
    Migrate,
    Health,
    Help,
}

/// <summary>What every process of the platform takes on its command line; everything else is configuration.</summary>
internal sealed record CommandLine(Verb Verb, IReadOnlyDictionary<string, string?> Settings)
{
    private const string DrainTimeout = "Drain:Timeout";

    private static readonly Dictionary<string, string> Options = new()
    {
        ["--host"] = "Listen:Host",
        ["--port"] = "Listen:Port",
        ["--internal-host"] = "Listen:InternalHost",
        ["--internal-port"] = "Listen:InternalPort",
        ["--data"] = "MCPP_DATA",
        ["--config"] = "MCPP_CONFIG",
        ["--drain-timeout"] = DrainTimeout,
    };

    public static bool TryParse(string[] args, [NotNullWhen(true)] out CommandLine? command, [NotNullWhen(false)] out string? problem)
    {
        var verb = Verb.Run;
        var settings = new Dictionary<string, string?>();
        (command, problem) = (null, null);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "run":
                    break;
                case "migrate":
                    verb = Verb.Migrate;
                    break;
                case "health":
                    verb = Verb.Health;
                    break;
                case "--help" or "-h" or "help":
                    verb = Verb.Help;
                    break;
                case var option when Options.TryGetValue(option.Split('=', 2)[0], out var setting):
                    var value = option.Contains('=') ? option.Split('=', 2)[1] : i + 1 < args.Length ? args[++i] : null;
                    if (string.IsNullOrEmpty(value))
                    {
                        problem = $"{option} needs a value. See --help.";
                        return false;
                    }

                    // On the command line people count in seconds; a bare number would be days.
                    settings[setting] = setting == DrainTimeout && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? $"{TimeSpan.FromSeconds(seconds)}" : value;
                    break;
                default:
                    problem = $"Unknown argument '{args[i]}'. Verbs: run (default), migrate, health. See --help.";
                    return false;
            }
        }

        command = new CommandLine(verb, settings);
        return true;
    }

    public static string Help(IReadOnlyList<string> modules) => $"""
        McpPlatform: {string.Join(", ", modules)}

        Verbs
          run       serve (default)
          migrate   bring the databases up to date and declare the queues, then exit
          health    ask the process on this machine that has the same settings; exit 0 when it is healthy, else 1

        Options
          --host ADDRESS           public listener, default 0.0.0.0      (Listen__Host)
          --port PORT              public port, default 8080             (Listen__Port)
          --internal-host ADDRESS  listener for the platform's services  (Listen__InternalHost)
          --internal-port PORT     its port, default 8081                (Listen__InternalPort)
          --data FOLDER            keys, snapshots, spool; default ./data (MCPP_DATA)
          --config FILE            servers, policies, limits, launchers: docs/configuration.md (MCPP_CONFIG)
          --drain-timeout SECONDS  after SIGTERM or Ctrl+C, for what runs to finish; default 30 (Drain__Timeout); a second signal ends it at once

        Environment: ConnectionStrings__policydb, __registrydb, __factorydb, __tracingdb (and each with _migrator for schema changes),
        ConnectionStrings__rabbitmq, MCPP_INTERNAL_KEY(_FILE), MCPP_MASTER_KEY(_FILE), OTEL_EXPORTER_OTLP_ENDPOINT; all of them in .env.example. MCPP_SECRETS names a folder
        with one file per setting, for those that are secret.
        """;
}
