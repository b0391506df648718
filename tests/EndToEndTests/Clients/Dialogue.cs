using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.EndToEndTests.Clients;

/// <summary>A client of the TypeScript SDKs in a process of its own that stays connected and does one thing after the other (tests/clients/scripts/dialogue.mjs).</summary>
internal sealed class Dialogue : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ConcurrentQueue<JsonNode> _answers = new();
    private int _heard;

    private Dialogue(Process process) => _process = process;

    /// <summary>How often it was told that the tools changed.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Connects.</summary>
    /// <param name="sdk">Generation of the SDK: 1 or 2.</param>
    /// <param name="era">For the second: legacy, auto, or a revision.</param>
    /// <param name="name">What it calls itself.</param>
    public static async Task<Dialogue> Start(Uri url, string key, int sdk, string era = "legacy", string name = "dialogue")
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/clients/scripts/dialogue.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ROUND"] = new JsonObject { ["url"] = url.ToString(), ["key"] = key, ["sdk"] = sdk, ["era"] = era, ["name"] = name }.ToJsonString();
        var dialogue = new Dialogue(Process.Start(start)!);
        dialogue._process.ErrorDataReceived += (_, line) => dialogue._said.Enqueue(line.Data ?? "");
        dialogue._process.OutputDataReceived += (_, line) => dialogue.Take(line.Data);
        dialogue._process.BeginErrorReadLine();
        dialogue._process.BeginOutputReadLine();
        await dialogue.Answer();
        return dialogue;
    }

    /// <summary>The tools as it sees them now.</summary>
    public async Task<IReadOnlyList<JsonNode>> Tools() => [.. (await Ask(new JsonObject { ["list"] = true }))["did"]!.AsArray().OfType<JsonNode>()];

    /// <summary>Names of <see cref="Tools"/>, in order.</summary>
    public async Task<IReadOnlyList<string>> Names() => [.. (await Tools()).Select(tool => tool["name"]!.GetValue<string>()).Order(StringComparer.Ordinal)];

    /// <summary>Text of a tool's answer; what the SDK threw when it did.</summary>
    public async Task<string> Call(string tool, JsonObject? arguments = null)
    {
        var answer = await Ask(new JsonObject { ["call"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments ?? [] } });
        return (answer["did"]?["content"]?[0]?["text"] ?? answer["failed"]?["message"])?.GetValue<string>() ?? answer.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<JsonNode> Ask(JsonObject what)
    {
        await _process.StandardInput.WriteLineAsync(what.ToJsonString());
        await _process.StandardInput.FlushAsync();
        return await Answer();
    }

    private async Task<JsonNode> Answer()
    {
        JsonNode? answer = null;
        await Until.True(
            () => _answers.TryDequeue(out answer) ? Task.FromResult(true)
                : _process.HasExited ? throw new InvalidOperationException($"The client ended with {_process.ExitCode}: {string.Join('\n', _said)}")
                : Task.FromResult(false),
            Patience,
            () => $"The client says nothing. {string.Join('\n', _said)}");
        return answer!;
    }

    private void Take(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        var said = JsonNode.Parse(line)!;
        if (said["heard"] is null)
        {
            _answers.Enqueue(said);
        }
        else
        {
            Interlocked.Increment(ref _heard);
        }
    }
}
