using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>A platform that is described by a file, with a variable over it and a server from the environment.</summary>
public abstract class ConfiguredPlatform(IPlatformForm form) : IAsyncLifetime
{
    /// <summary>What no log and no answer may show.</summary>
    public const string Secret = "canary-of-the-configuration-7f3a";

    /// <summary>Whose pages may call, besides those of this machine.</summary>
    public const string Page = "https://console.example";

    /// <summary>Of clients that are told nothing of changed lists.</summary>
    public const string QuietProfile = "quiet";

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-configured-").FullName;

    internal Steps Steps { get; private set; } = null!;

    public string File => Path.Combine(_folder, "mcpplatform.yaml");

    internal TestUpstream Declared { get; private set; } = null!;

    /// <summary>What every test begins and ends with.</summary>
    public string Base => $$"""
        servers:
          declared:
            title: From the file
            url: {{Declared.Address}}
            allow_private_address: true
            headers: { X-Upstream-Key: "${CONFIGURED_SECRET}", X-File: "file:secret" }
        policies:
          declared-role:
            grants:
              - { id: echo, effect: allow, actions: ["tools:*"], resources: ["tool:declared/echo"] }
        routes:
          - intent: declared.echo
            candidates: [{ server: declared, tool: echo, constants: { text: from the file, a: 1 } }]
        tool_sets:
          declared-set:
            members: [{ server: declared, tools: [echo] }]
            overrides: [{ server: declared, name: echo, rename: say, arguments: { text: fixed in the file } }]

        """;

    public async ValueTask InitializeAsync()
    {
        Declared = await TestUpstream.Start();
        System.IO.File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "secret"), Secret + "\n");
        var profiles = Path.Combine(_folder, "profiles.json");
        await System.IO.File.WriteAllTextAsync(profiles, $$"""{ "{{QuietProfile}}": { "list_changed": false } }""");
        await Write(Base);
        Steps = await Steps.With(await form.Create(new Dictionary<string, string>
        {
            ["MCPP_CONFIG"] = File,
            ["Gateway__AllowedOrigins__0"] = Page,
            ["Gateway__ProfilesFile"] = profiles,
            ["CONFIGURED_SECRET"] = Secret,
            ["MCPP_SERVERS__DECLARED__TITLE"] = "From the environment",
            ["MCP_SERVER_URL"] = Declared.Address.ToString(),
            ["MCP_SERVER_TOKEN"] = Secret,
            ["MCP_RETRY_ATTEMPTS"] = "1",
        }));
        var key = (await Steps.Admin.Get("/api/v1/keys")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!["id"];
        (await Steps.Admin.Send(HttpMethod.Patch, $"/api/v1/keys/{key}", new { rate = 100_000, burst = 100_000 })).Expect(HttpStatusCode.OK);
    }

    /// <summary>Writes the file as careful editors do: whole, under another name first.</summary>
    public async Task Write(string text)
    {
        await System.IO.File.WriteAllTextAsync(File + ".new", text);
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Steps.DisposeAsync();
        await Declared.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
