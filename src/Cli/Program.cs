using McpPlatform.Cli;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
return await Mcpp.Run(args, Terminal.OfProcess(), stop.Token);
