using System.Text.Json.Nodes;
using McpPlatform.EndToEndTests.Wire;
using McpPlatform.IntegrationTests.Platform;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>The servers of other people that are asked directly and through the gateway. Each side has processes of its own, and folders that look the same.</summary>
internal sealed class RealServers : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-real-").FullName;
    private readonly EverythingOverHttp _http;

    private RealServers(EverythingOverHttp http)
    {
        _http = http;
        File.WriteAllText(Path.Combine(Prepare("files"), "hello.txt"), "first line\nsecond line ü\n");
        File.WriteAllBytes(Path.Combine(_folder, "files", "dot.png"), Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        File.WriteAllText(Path.Combine(Prepare("files/below"), "new.txt"), "written");
        All =
        [
            Stdio("everything", EverythingSteps.Of(mayAsk: false)),
            Stdio("everything-own", EverythingSteps.Of(mayAsk: true), launcher: "everything", scope: "session"),
            Over("everything-http", _http.Streamable, (capabilities, version) => HttpConversation.Start(_http.Streamable, null, capabilities, version)),
            Over("everything-sse", _http.Sse, (capabilities, _) => SseConversation.Start(_http.Sse, capabilities)),
            Stdio("filesystem", OtherSteps.Filesystem(Path.Combine(_folder, "files")), variables: ("FOLDER", Path.Combine(_folder, "files"))),
            Stdio("memory", OtherSteps.Memory, variables: ("MEMORY_FILE_PATH", Path.Combine(Prepare("gateway"), "memory.jsonl")), own: ("MEMORY_FILE_PATH", Path.Combine(Prepare("direct"), "memory.jsonl"))),
            Stdio("thinking", OtherSteps.Thinking, scope: "session"),
            Stdio("mongodb", OtherSteps.Mongo, isDual: true),
            Stdio("context7", [], isDual: true),
        ];
    }

    public IReadOnlyList<RealServer> All { get; }

    public static async Task<RealServers> Start() => new(await EverythingOverHttp.Start());

    public RealServer this[string slug] => All.Single(server => server.Slug == slug);

    public async ValueTask DisposeAsync()
    {
        await _http.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static RealServer Over<T>(string slug, Uri url, Func<JsonObject, string, Task<T>> direct)
        where T : Conversation => new()
        {
            Slug = slug,
            Direct = async (capabilities, version) => await direct(capabilities, version),
            Terms = new JsonObject { ["transport"] = url.AbsolutePath == "/sse" ? "sse" : "http", ["url"] = url.ToString(), ["allow_private_address"] = true },
            Steps = EverythingSteps.Of(mayAsk: true),
            MayAsk = true,
            CanAskBeside = url.AbsolutePath == "/sse",
        };

    private static RealServer Stdio(
        string slug, IReadOnlyList<Step> steps, string? launcher = null, string? scope = null, bool isDual = false, (string Name, string Value)? variables = null, (string Name, string Value)? own = null)
    {
        var terms = new JsonObject { ["transport"] = "stdio", ["launcher"] = launcher ?? slug };
        if (scope is not null)
        {
            terms["scope"] = scope;
        }

        if (variables is { } variable)
        {
            terms["variables"] = new JsonObject { [variable.Name] = variable.Value };
        }

        return new()
        {
            Slug = slug,
            Direct = async (capabilities, version) => await StdioConversation.Start(CommandOf(launcher ?? slug, own ?? variables), capabilities, version),
            Terms = terms,
            Steps = steps,
            IsDual = isDual,
            MayAsk = scope == "session",
        };
    }

    /// <summary>As the operator's file of the platform starts it.</summary>
    private static Command CommandOf(string launcher, (string Name, string Value)? variable)
    {
        var (program, arguments) = TestLaunchers.RealServers[launcher];
        return new(program, arguments, variable is { } set ? new Dictionary<string, string> { [set.Name] = set.Value } : new Dictionary<string, string>());
    }

    private string Prepare(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
}
