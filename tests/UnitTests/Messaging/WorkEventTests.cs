using McpPlatform.Contracts;
using McpPlatform.Factory;
using McpPlatform.Gateway;
using McpPlatform.Hosting;
using McpPlatform.Messaging;
using McpPlatform.Policy;
using McpPlatform.Registry;
using McpPlatform.Tracing;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Messaging;

public sealed class WorkEventTests
{
    [Fact]
    public void An_event_is_work_exactly_when_a_competing_consumer_of_some_module_takes_it()
    {
        var taken = Consumers<PolicyModule>().Concat(Consumers<RegistryModule>()).Concat(Consumers<FactoryModule>()).Concat(Consumers<TracingModule>()).Concat(Consumers<GatewayModule>())
            .Where(c => c.Competing).SelectMany(c => c.Messages).Distinct();
        var marked = typeof(IWorkEvent).Assembly.GetTypes().Where(t => t is { IsClass: true } && t.IsAssignableTo(typeof(IWorkEvent)));

        taken.OrderBy(t => t.FullName).ShouldBe(marked.OrderBy(t => t.FullName));
        marked.ShouldNotBeEmpty();
    }

    private static IReadOnlyList<ConsumerRegistration> Consumers<TModule>()
        where TModule : IServiceModule
    {
        var bus = new ModuleBus(TModule.Name);
        TModule.AddConsumers(bus);
        return bus.Consumers;
    }
}
