using McpPlatform.Gateway.Attempts;

namespace McpPlatform.Gateway.Infrastructure.Launchers;

/// <summary>One way to start a stdio server, as the operator's file says it. Commands come from nowhere else.</summary>
/// <param name="Command">A program: a path, or a name looked up on PATH. Never a shell line.</param>
/// <param name="Arguments">Each <c>${NAME}</c> of an allowed variable is replaced by its value.</param>
/// <param name="Variables">Names of the variables that a registration may give values for; they are in the child's environment.</param>
/// <param name="Environment">Set in the child's environment; <c>${NAME}</c> is replaced as in the arguments.</param>
/// <param name="WorkingFolder">Null = the gateway's.</param>
/// <param name="Shareable">Whether one process may serve several tenants: only the operator knows that it keeps nothing of one that another could see.</param>
internal sealed record Launcher(
    string Name,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Variables,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingFolder,
    bool Shareable = false)
{
    /// <summary>What is to be started for one server.</summary>
    /// <param name="values">Values of variables, by name. One that is not allowed, or that is missing where it is used, is refused.</param>
    public LaunchPlan Plan(IReadOnlyDictionary<string, string> values)
    {
        foreach (var name in values.Keys)
        {
            if (!Variables.Contains(name, StringComparer.Ordinal))
            {
                throw new UpstreamSetupException(FailureKind.LauncherUnknown, $"Launcher '{Name}' does not declare the variable '{name}'.");
            }
        }

        var environment = new Dictionary<string, string>(values, StringComparer.Ordinal);
        foreach (var (name, text) in Environment)
        {
            environment[name] = Fill(text, values);
        }

        return new LaunchPlan(Command, [.. Arguments.Select(text => Fill(text, values))], environment, WorkingFolder);
    }

    /// <summary>Equal when every part is: records compare lists by reference.</summary>
    public bool IsSameAs(Launcher other) =>
        (Name, Command, WorkingFolder, Shareable) == (other.Name, other.Command, other.WorkingFolder, other.Shareable)
        && Arguments.SequenceEqual(other.Arguments) && Variables.SequenceEqual(other.Variables)
        && Environment.OrderBy(e => e.Key, StringComparer.Ordinal).SequenceEqual(other.Environment.OrderBy(e => e.Key, StringComparer.Ordinal));

    /// <summary>One pass: a value that itself looks like <c>${…}</c> stays what it is.</summary>
    private string Fill(string text, IReadOnlyDictionary<string, string> values)
    {
        var filled = new System.Text.StringBuilder();
        var position = 0;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var start && text.IndexOf('}', start) is > 0 and var end)
        {
            var name = text[(start + 2)..end];
            if (!values.TryGetValue(name, out var value))
            {
                throw new UpstreamSetupException(FailureKind.LauncherUnknown, $"Launcher '{Name}' needs a value for the variable '{name}'.");
            }

            filled.Append(text, position, start - position).Append(value);
            position = end + 1;
        }

        return filled.Append(text, position, text.Length - position).ToString();
    }
}

/// <summary>A process to start, with all values in place. Holds secrets: never logged.</summary>
internal sealed record LaunchPlan(string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? WorkingFolder)
{
    public override string ToString() => Command;
}
