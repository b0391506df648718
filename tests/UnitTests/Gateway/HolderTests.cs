using System.Reflection;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>An idle session or an open stream would keep a whole catalog and policy in memory, for as long as it lasts, if it held any part of the state it began with.</summary>
public sealed class HolderTests
{
    private static readonly Type[] OfAState = [typeof(GatewayState), typeof(RegistryState), typeof(TenantRoutes), typeof(ServerRoute), typeof(EndpointRoute), typeof(Caller), typeof(GatewayRequest)];

    public static TheoryData<Type> LongLived =>
    [
        typeof(Holder), typeof(GatewaySession), typeof(SessionClient), typeof(Standing), typeof(ServerWatch), typeof(ServerWatches),
        .. typeof(ListenEndpoint).GetNestedTypes(BindingFlags.NonPublic).Concat(typeof(SessionClient).GetNestedTypes(BindingFlags.NonPublic)).Where(type => !type.Name.StartsWith('<')),
    ];

    [Theory]
    [MemberData(nameof(LongLived))]
    public void What_outlives_a_request_holds_nothing_of_the_state_that_decided_it(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Where(field => OfAState.Any(state => field.FieldType == state || field.FieldType.GenericTypeArguments.Contains(state) || field.FieldType.GetElementType() == state))
            .Select(field => $"{type.Name}.{field.Name}").ShouldBeEmpty();
}
