using System.Text;
using McpPlatform.Gateway.State;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class ClientAbilityTests
{
    [Theory]
    [InlineData("{}", ClientAbilities.None)]
    [InlineData("""{"elicitation":{}}""", ClientAbilities.Elicitation)]
    [InlineData("""{"elicitation":{"form":{}},"experimental":{"sampling":{}}}""", ClientAbilities.Elicitation)]
    [InlineData("""{"elicitation":{"url":{}},"roots":{}}""", ClientAbilities.Elicitation | ClientAbilities.ElicitationByAddress | ClientAbilities.Roots)]
    [InlineData("""{"sampling":{"tools":{}},"tasks":{}}""", ClientAbilities.Sampling | ClientAbilities.Tasks)]
    [InlineData("""{"elicitation":true}""", ClientAbilities.Elicitation)]
    public void A_client_can_be_asked_for_what_it_declares(string capabilities, ClientAbilities expected) => ClientAbility.Of(Encoding.UTF8.GetBytes(capabilities)).ShouldBe(expected);

    [Fact]
    public void What_is_declared_is_read_as_the_same()
    {
        for (var abilities = ClientAbilities.None; abilities <= ClientAbilities.All; abilities++)
        {
            if (abilities.HasFlag(ClientAbilities.Elicitation) || !abilities.HasFlag(ClientAbilities.ElicitationByAddress))
            {
                ClientAbility.Of(ClientAbility.Declare(abilities)).ShouldBe(abilities);
            }

            ClientAbility.Parse(ClientAbility.Write(abilities)).ShouldBe(abilities);
        }
    }

    [Fact]
    public void Names_that_are_not_known_here_say_nothing() => ClientAbility.Parse("telepathy sampling").ShouldBe(ClientAbilities.Sampling);
}
