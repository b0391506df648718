using System.Diagnostics;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Corpus;

/// <summary>
/// The corpus of bad input that lies beside the repository, fired at the running platform by its own runner: no crash, no hang, no leak, no outgoing connection,
/// and each refusal with the right status in the right format.
/// </summary>
public sealed class CorpusTests(CorpusPlatform platform) : IClassFixture<CorpusPlatform>
{
    private static readonly string Runner = Path.Combine(Repository.Root, "../shared/corpus/run-corpus/run_corpus.py");

    /// <summary>Files of cases that are fired, by the surface that they aim at.</summary>
    public static TheoryData<string> Surfaces => ["http-raw", "json-bytes", "mcp-jsonrpc", "admin-rest", "auth-jwt", "ssrf", "openapi-upload", "policy"];

    /// <summary>Files of cases for what is not built yet, and what they wait for.</summary>
    private static Dictionary<string, string> NotBuilt => new()
    {
        ["chat"] = "the LLM gateway: /v1/chat/completions",
        ["config-yaml"] = "configuration that is applied over the API",
        ["deploy-gen"] = "generated images and Kubernetes manifests",
        ["upstream-hostile"] = "an upstream that misbehaves, served beside the platform; its cases are no requests to us",
    };

    /// <summary>Why the runner leaves cases out, and what they wait for.</summary>
    private static Dictionary<string, string> LeftOut => new()
    {
        ["no JWT signing key"] = "tokens of an identity provider: only API keys are taken, and every token is refused",
        ["no public key configured"] = "tokens of an identity provider",
    };

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task Bad_input_does_no_harm(string corpus)
    {
        SkipWithoutCorpus();
        var folder = Directory.CreateTempSubdirectory("mcpp-corpus-").FullName;
        try
        {
            CorpusCases.Write(corpus, Directory.CreateDirectory(Path.Combine(folder, "cases")).FullName);
            var report = await Fire(corpus, folder, await platform.Configuration(corpus));
            var summary = report["summary"]!;
            var left = report["skipped"]!.AsArray().Select(s => s![1]!.GetValue<string>()).CountBy(reason => reason).ToArray();
            TestContext.Current.TestOutputHelper!.WriteLine($"{corpus}: {summary["checked"]} cases, {summary["failing"]} with violations; left out: {(left.Length == 0 ? "none" : string.Join(", ", left.Select(l => $"{l.Value} ({l.Key})")))}");
            left.Select(l => l.Key).Except(LeftOut.Keys).ShouldBeEmpty();
            report["results"]!.AsArray().Where(r => r!["violations"]!.AsArray().Count > 0).Select(Readable).ShouldBeEmpty();
            summary["checked"]!.GetValue<int>().ShouldBePositive();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_file_of_the_corpus_is_fired_or_waits_for_something()
    {
        SkipWithoutCorpus();

        CorpusCases.Files.ShouldBe([.. Surfaces.Select(s => s.Data), .. NotBuilt.Keys], ignoreOrder: true);
    }

    [Fact]
    public void Every_changed_expectation_is_about_a_case_and_says_why()
    {
        SkipWithoutCorpus();

        CorpusCases.Changed.Keys.Except(CorpusCases.Ids).ShouldBeEmpty();
        CorpusCases.Changed.Where(c => c.Value.Reason.Length < 40).ShouldBeEmpty();
    }

    private static void SkipWithoutCorpus()
    {
        Assert.SkipUnless(File.Exists(Runner), "The corpus is not beside the repository (../shared/corpus).");
        Assert.SkipUnless(Python is not null, "The corpus needs python3.");
    }

    private static string? Python { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, "python3")).FirstOrDefault(File.Exists);

    private static async Task<JsonNode> Fire(string corpus, string folder, JsonObject config)
    {
        var (settings, report) = (Path.Combine(folder, "config.json"), Path.Combine(folder, "report.json"));
        await File.WriteAllTextAsync(settings, config.ToJsonString());
        var start = new ProcessStartInfo(Python!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Runner, "--config", settings, "--corpus", Path.Combine(folder, "cases"), "--report", report, "-q"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{corpus} takes longer than three minutes.");
        }

        // 1: violations, which the report tells. Anything else: no platform, or a runner that failed.
        process.ExitCode.ShouldBeLessThan(2, $"{await output}\n{await errors}");
        var kept = Directory.CreateDirectory(Path.Combine(Repository.Root, "TestResults")).FullName;
        File.Copy(report, Path.Combine(kept, $"corpus-{corpus}.json"), overwrite: true);
        return JsonNode.Parse(await File.ReadAllTextAsync(report))!;
    }

    private static string Readable(JsonNode? result) =>
        $"{result!["id"]}: {result["status"]}; {string.Join("; ", result["violations"]!.AsArray().Select(v => $"{v![0]}: {v[1]}"))}. Why: {result["why"]}";
}
