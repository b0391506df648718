using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Ends a process that an earlier life of this factory left behind. A process id alone proves nothing: the time of its start must match too.</summary>
internal static class LeftoverProcess
{
    /// <summary>What a process-id file holds.</summary>
    public static string Describe(Process process) => string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}");

    /// <summary>Kills the process that the file names, if it is still that one, and removes the file.</summary>
    public static async Task End(string pidFile, CancellationToken ct)
    {
        if (!File.Exists(pidFile))
        {
            return;
        }

        var parts = (await File.ReadAllTextAsync(pidFile, ct)).Split(' ');
        if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var ticks))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                if (Math.Abs(process.StartTime.ToUniversalTime().Ticks - ticks) < TimeSpan.TicksPerSecond)
                {
                    process.Kill(entireProcessTree: true);
                    await process.WaitForExitAsync(ct);
                }
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // No such process, or it belongs to somebody else now.
            }
        }

        File.Delete(pidFile);
    }
}
