using MassTransit;
using McpPlatform.CrashHost;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

// A module on the real bus and the real database that dies where it is told to. Started by the crash tests:
//   LANE setup          makes the tables
//   LANE PLACE ID       repairs what the last crash left, then runs the command ID and dies at PLACE; exit code 3 when it did not
//   LANE drain          runs until nothing is left to send or to consume
// Connection strings come from the environment as in every service.
var lane = Lane.Of(args[0]);
var point = args is [_, var place, var id] ? new CrashPoint(place, Guid.Parse(id)) : new CrashPoint("", Guid.Empty);
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration.AddEnvironmentVariables();
builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddScoped<TenantContext>();
builder.Services.AddSingleton(point);
builder.Services.AddSingleton<BusCrashes>();
builder.Services.AddSingleton<DatabaseCrashes>();
builder.AddServiceDatabase<CrashContext>(lane.Module, typeof(Lane).Assembly);
builder.Services.ConfigureDbContext<CrashContext>((provider, options) => options.AddInterceptors(provider.GetRequiredService<DatabaseCrashes>()));
var consumers = new ModuleBus(lane.Module);
lane.AddConsumer(consumers);
builder.AddModuleMessaging([consumers]);
using var host = builder.Build();
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
var services = host.Services;

if (args[1] == "setup")
{
    await using var owner = new CrashContext(
        new DbContextOptionsBuilder<CrashContext>().UseNpgsql(builder.Configuration.GetConnectionString($"{lane.Module}db_migrator")).Options,
        new TenantContext());
    await owner.Database.ExecuteSqlRawAsync(owner.Database.GenerateCreateScript(), deadline.Token);
    await services.GetRequiredService<IDatabaseMigrator>().Migrate(deadline.Token);
    return 0;
}

var busCrashes = services.GetRequiredService<BusCrashes>();
services.GetRequiredService<IBusControl>().ConnectPublishObserver(busCrashes);
services.GetRequiredService<IBusControl>().ConnectConsumeObserver(busCrashes);
services.GetRequiredService<IDatabaseMigrator>().MarkReady();
await host.StartAsync(deadline.Token);
await WaitFor(async database => services.GetRequiredService<IEventBus>().IsReady && !await database.OutboxMessages.AnyAsync(deadline.Token));

if (args[1] == "drain")
{
    await WaitFor(async database => await database.Effects.Select(e => e.OrderId).Distinct().CountAsync(deadline.Token) == await database.Orders.CountAsync(deadline.Token));
    await host.StopAsync(deadline.Token);
    return await MessagesLeft();
}

await using (var scope = services.CreateAsyncScope())
{
    var work = scope.ServiceProvider.GetRequiredKeyedService<IUnitOfWork>(typeof(Lane).Assembly);
    await work.Begin(deadline.Token);
    scope.ServiceProvider.GetRequiredService<CrashContext>().Orders.Add(new Order(Guid.Parse(args[2])));
    scope.ServiceProvider.GetRequiredService<IEventOutbox>().Add(lane.Event(Guid.Parse(args[2])));
    await work.Commit(deadline.Token);
}

await Task.Delay(TimeSpan.FromSeconds(20), deadline.Token);
return 3;

async Task WaitFor(Func<CrashContext, Task<bool>> condition)
{
    await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateSystemScope("wait");
    while (!await condition(scope.ServiceProvider.GetRequiredService<CrashContext>()))
    {
        await Task.Delay(20, deadline.Token);
    }
}

// With its consumer gone, whatever was not acknowledged is back in the queue.
async Task<int> MessagesLeft()
{
    await using var connection = await new ConnectionFactory { Uri = new Uri(builder.Configuration.GetConnectionString("rabbitmq")!) }.CreateConnectionAsync(deadline.Token);
    await using var channel = await connection.CreateChannelAsync(cancellationToken: deadline.Token);
    return (int)(await channel.QueueDeclarePassiveAsync(lane.Queue, deadline.Token)).MessageCount;
}
