using System.Reflection;
using FluentValidation;
using MassTransit;
using McpPlatform.Hosting;
using McpPlatform.Messaging;
using MediatR;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class ConventionTests
{
    /// <summary>Commands whose every value is valid, each with the reason why nothing can be wrong with it.</summary>
    private static readonly Dictionary<string, string> NeedNoValidator = new()
    {
        ["McpPlatform.Policy.Application.Tenants.DeleteTenant"] = "names what is looked up; what is not there is tenants.not_found",
        ["McpPlatform.Policy.Application.Policies.DeletePolicySet"] = "names what is looked up; what is not there is policies.not_found",
        ["McpPlatform.Registry.Application.Servers.DeleteServer"] = "names what is looked up; what is not there is servers.not_found",
        ["McpPlatform.Registry.Application.Servers.RegisterDeployment"] = "the factory's internal message; its handler checks slug and address, and refuses with codes that the factory knows",
        ["McpPlatform.Tracing.Application.DeadLetters.KeepDeadLetter"] = "whatever ended must be kept, however odd it is; the domain makes its texts storable",
        ["McpPlatform.Registry.Application.Discovery.StoreDiscovery"] = "made by the registry itself of what it just read; never comes from outside",
    };

    private static readonly IReadOnlyList<Type> Platform = ConventionRules.PlatformTypes();

    [Fact]
    public void Handlers_validators_and_consumers_are_internal_and_sealed() => ConventionRules.NotHidden(Platform).ShouldBeEmpty();

    [Fact]
    public void Every_command_has_a_validator_or_is_listed_as_needing_none() => ConventionRules.WithoutValidator(Platform, NeedNoValidator).ShouldBeEmpty();

    [Fact]
    public void Every_consumer_is_registered_by_a_module() => ConventionRules.NotRegistered(Platform).ShouldBeEmpty();

    [Fact]
    public void A_consumer_that_no_module_registers_is_found()
    {
        ConventionRules.NotRegistered([typeof(OpenConsumer), typeof(EmptyModule)]).ShouldHaveSingleItem().ShouldContain(nameof(OpenConsumer));
        ConventionRules.NotRegistered([typeof(OpenConsumer), typeof(FullModule)]).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_is_named_like_a_service() => ConventionRules.NamedLikeAService(Platform).ShouldBeEmpty();

    [Theory]
    [InlineData(typeof(PublicHandler))]
    [InlineData(typeof(OpenHandler))]
    [InlineData(typeof(PublicValidator))]
    [InlineData(typeof(OpenConsumer))]
    public void One_that_is_public_or_open_is_found(Type type) => ConventionRules.NotHidden([type]).ShouldHaveSingleItem();

    [Fact]
    public void One_that_is_hidden_is_not_found() => ConventionRules.NotHidden([typeof(GoodHandler), typeof(GoodValidator)]).ShouldBeEmpty();

    [Fact]
    public void A_command_without_a_validator_is_found() =>
        ConventionRules.WithoutValidator([typeof(Rename), typeof(Remove)], new Dictionary<string, string>()).ShouldHaveSingleItem().ShouldContain(nameof(Rename));

    [Fact]
    public void A_command_with_a_validator_or_on_the_list_is_not_found()
    {
        ConventionRules.WithoutValidator([typeof(Rename), typeof(GoodValidator)], new Dictionary<string, string>()).ShouldBeEmpty();
        ConventionRules.WithoutValidator([typeof(Rename)], new Dictionary<string, string> { [typeof(Rename).FullName!] = "any text is a name" }).ShouldBeEmpty();
    }

    [Fact]
    public void A_list_entry_that_is_out_of_date_is_found() =>
        ConventionRules.WithoutValidator([typeof(Remove)], new Dictionary<string, string> { ["McpPlatform.Gone"] = "was renamed" }).ShouldHaveSingleItem();

    [Fact]
    public void A_type_named_like_a_service_is_found() => ConventionRules.NamedLikeAService([typeof(Gateway)]).ShouldHaveSingleItem();

#pragma warning disable CA1852 // two of these are open on purpose: the rule must find them
    public sealed record Rename(string Name) : IRequest<string>;

    public sealed record Remove(Guid Id) : IRequest<string>;

    public sealed class PublicHandler : IRequestHandler<Remove, string>
    {
        public Task<string> Handle(Remove request, CancellationToken cancellationToken) => Task.FromResult("");
    }

    internal class OpenHandler : IRequestHandler<Remove, string>
    {
        public Task<string> Handle(Remove request, CancellationToken cancellationToken) => Task.FromResult("");
    }

    internal sealed class GoodHandler : IRequestHandler<Remove, string>
    {
        public Task<string> Handle(Remove request, CancellationToken cancellationToken) => Task.FromResult("");
    }

    public sealed class PublicValidator : AbstractValidator<Rename>;

    internal sealed class GoodValidator : AbstractValidator<Rename>;

    internal class OpenConsumer : IConsumer<Rename>
    {
        public Task Consume(ConsumeContext<Rename> context) => Task.CompletedTask;
    }

    internal sealed class EmptyModule : IServiceModule
    {
        public static string Name => "empty";

        public static Assembly Core => typeof(EmptyModule).Assembly;

        public static void AddServices(IHostApplicationBuilder builder)
        {
        }

        public static void MapEndpoints(IEndpointRouteBuilder endpoints)
        {
        }
    }

    internal sealed class FullModule : IServiceModule
    {
        public static string Name => "full";

        public static Assembly Core => typeof(FullModule).Assembly;

        public static void AddServices(IHostApplicationBuilder builder)
        {
        }

        public static void AddConsumers(ModuleBus bus) => bus.Broadcast<OpenConsumer>();

        public static void MapEndpoints(IEndpointRouteBuilder endpoints)
        {
        }
    }

    internal sealed class Gateway;
}
