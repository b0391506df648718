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
    public static TheoryData<string> Surfaces => ["http-raw", "json-bytes", "mcp-jsonrpc", "admin-rest", "auth-jwt", "ssrf", "openapi-upload", "policy", "config-yaml"];

    /// <summary>Files of cases for what is not built yet, and what they wait for.</summary>
    private static Dictionary<string, string> NotBuilt => new()
    {
        ["chat"] = "the LLM gateway: /v1/chat/completions",
        ["deploy-gen"] = "generated images and Kubernetes manifests",
        ["upstream-hostile"] = "nothing: its cases are no requests to us but upstreams that misbehave, which HostileUpstreamScenarios shows",
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

        // Mostly pauses between bytes: beside the others.
        var raw = platform.Report("http-raw", Fire);
        var report = corpus == "http-raw" ? await raw : await platform.Report(corpus, Fire);

        var summary = report["summary"]!;
        var left = report["skipped"]!.AsArray().Select(s => s![1]!.GetValue<string>()).CountBy(reason => reason).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine($"{corpus}: {summary["checked"]} cases, {summary["failing"]} with violations; left out: {(left.Length == 0 ? "none" : string.Join(", ", left.Select(l => $"{l.Value} ({l.Key})")))}");
        left.Select(l => l.Key).Except(LeftOut.Keys).ShouldBeEmpty();
        report["results"]!.AsArray().Where(r => r!["violations"]!.AsArray().Count > 0).Select(Readable).ShouldBeEmpty();
        summary["checked"]!.GetValue<int>().ShouldBePositive();
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

    private static async Task<JsonNode> Fire(string corpus, JsonObject config)
    {
        var folder = Directory.CreateTempSubdirectory("mcpp-corpus-").FullName;
        try
        {
            var cases = Directory.CreateDirectory(Path.Combine(folder, "cases")).FullName;
            CorpusCases.Write(corpus, cases);
            var settings = Path.Combine(folder, "config.json");
            await File.WriteAllTextAsync(settings, config.ToJsonString());
            var report = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "TestResults")).FullName, $"corpus-{corpus}.json");
            await Run(corpus, "--config", settings, "--corpus", cases, "--report", report, "-q");
            return JsonNode.Parse(await File.ReadAllTextAsync(report))!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Run(string corpus, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python!, [Runner, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
    }

    private static string Readable(JsonNode? result) =>
        $"{result!["id"]}: {result["status"]}; {string.Join("; ", result["violations"]!.AsArray().Select(v => $"{v![0]}: {v[1]}"))}. Why: {result["why"]}";
}
