using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.EndToEndTests.Wire;

/// <summary>With a process of the test's own.</summary>
internal sealed class StdioConversation : Conversation
{
    private readonly Process _process;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly StringBuilder _errors = new();

    private StdioConversation(Process process, JsonObject capabilities, string version)
        : base(capabilities, version)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        _ = Task.Run(Read);
    }

    protected override string Where
    {
        get
        {
            lock (_errors)
            {
                return $"Process {_process.Id}: {_errors}";
            }
        }
    }

    public static async Task<StdioConversation> Start(Command command, JsonObject capabilities, string version = "2025-11-25")
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in command.Variables)
        {
            start.Environment[name] = value;
        }

        var conversation = new StdioConversation(Process.Start(start)!, capabilities, version);
        if (!conversation.IsModern)
        {
            await conversation.Initialize();
        }

        return conversation;
    }

    public override async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _writing.Dispose();
    }

    protected override async Task Transmit(JsonObject message)
    {
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(message.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
            {
                Receive(JsonNode.Parse(line)!.AsObject());
            }
        }
    }
}

/// <summary>How a server is started.</summary>
internal sealed record Command(string Program, string[] Arguments, IReadOnlyDictionary<string, string> Variables);
