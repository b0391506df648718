using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Diagnosis;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp doctor</c>: what is wrong between here and the servers, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandFactory factory) => factory.Verb("doctor", "Check the whole way: address, clock, key, every part, servers, streams; says what to do. Exit code 1 when something fails", async context =>
    {
        var findings = await new Examination(context.Settings, context.Api, TimeProvider.System).Run(context.Cancellation);
        if (context.Print.IsJson)
        {
            context.Print.Json(new JsonObject
            {
                ["items"] = new JsonArray(
                [
                    .. findings.Select(f => new JsonObject { ["verdict"] = f.Verdict.ToString().ToLowerInvariant(), ["check"] = f.Check, ["what"] = f.What, ["fix"] = f.Fix }),
                ]),
            });
        }

        foreach (var finding in findings)
        {
            context.Print.Text($"{finding.Mark}  {finding.Check,-10}  {finding.What}");
            if (finding.Fix.Length > 0)
            {
                context.Print.Text($"{"",16}  -> {finding.Fix}");
            }
        }

        return findings.Any(f => f.Verdict == Verdict.Failed) ? ExitCode.Failed : ExitCode.Ok;
    });
}
