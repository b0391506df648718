using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Factory.Domain;
using McpPlatform.Hosting;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Landing zone kind <c>process</c>: a pack runtime beside the factory, with a clean environment and its secrets over standard input.</summary>
internal sealed class RuntimeLauncher(IOptions<FactoryOptions> options, PlatformFolders folders, DeploymentLogBook book)
{
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "SSL_CERT_DIR", "SSL_CERT_FILE"];

    /// <summary>Ends what an earlier life left, writes the lock file and starts the process.</summary>
    public async Task<RuntimeProcess> Launch(Deployment deployment, DeploymentPlan plan, CancellationToken ct)
    {
        await Clean(deployment.Id, ct);
        var folder = Directory.CreateDirectory(Folder(deployment.Id)).FullName;
        var lockFile = Path.Combine(folder, "pack.lock.json");
        await File.WriteAllBytesAsync(lockFile, plan.Pack.Lock, ct);

        var channel = new { bearer = plan.Bearer.Reveal(), secrets = plan.Secrets.ToDictionary(s => s.Key, s => s.Value.Reveal()), allow_private = plan.AllowPrivate };
        var masked = plan.Secrets.Values.Select(s => s.Reveal()).Append(plan.Bearer.Reveal()).Where(s => s.Length >= 6).ToArray();
        var start = Start(lockFile, deployment);
        return await RuntimeProcess.Start(start, JsonSerializer.Serialize(channel), PidFile(deployment.Id), Log, ct);

        void Log(string stream, string line) => book.Write(deployment.Id, stream, masked.Aggregate(line, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal)));
    }

    /// <summary>Ends what an earlier life of this factory may have left running.</summary>
    public Task Clean(Guid deploymentId, CancellationToken ct) => LeftoverProcess.End(PidFile(deploymentId), ct);

    /// <summary>Removes the deployment's files.</summary>
    public void Remove(Guid deploymentId)
    {
        var folder = Folder(deploymentId);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ProcessStartInfo Start(string lockFile, Deployment deployment)
    {
        var path = options.Value.PackRuntimePath;
        var isAssembly = path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isAssembly ? DotNet() : path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(lockFile)!,
        };
        if (isAssembly)
        {
            start.ArgumentList.Add(path);
        }

        // The same port as before, so that the registry need not learn another one.
        string[] arguments =
        [
            "--pack", lockFile,
            "--host", options.Value.DeploymentHost == "127.0.0.1" ? "127.0.0.1" : "0.0.0.0",
            "--port", (deployment.Attempt == 0 ? deployment.Port : 0).ToString(CultureInfo.InvariantCulture),
            "--management-port", (deployment.Attempt == 0 ? deployment.ManagementPort : 0).ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var kept = Inherited.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(v => v.Item2 is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = ((long)options.Value.ProcessHeapMegabytes << 20).ToString("x", CultureInfo.InvariantCulture);
        return start;
    }

    // The runtime that runs this process runs the child: .../shared/Microsoft.NETCore.App/10.0.x/ lies three folders below it.
    private static string DotNet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }

    private string Folder(Guid id) => Path.Combine(folders.Of("factory"), "deployments", id.ToString());

    private string PidFile(Guid id) => Path.Combine(Folder(id), "pid");
}
