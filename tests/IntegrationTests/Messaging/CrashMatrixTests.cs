using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>A process that dies (kill -9) anywhere between command and acknowledgement loses no event and repeats no effect.</summary>
public sealed class CrashMatrixTests(CrashMatrix matrix) : IClassFixture<CrashMatrix>
{
    /// <summary>128 + SIGKILL.</summary>
    private const int Killed = 137;

    public static TheoryData<string, bool> Places => [.. CrashMatrix.Places];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Every_committed_command_takes_effect_once_and_no_other_ever_wherever_the_process_died(string place, bool commits)
    {
        var outcomes = await matrix.At(place);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{place}: {outcomes.Count(o => o.Ended.Code == Killed)} killed, {outcomes.Count(o => o.Committed)} committed, effects {outcomes.Sum(o => o.Effects)}");
        outcomes.Count.ShouldBe(CrashMatrix.Runs);
        outcomes.Where(o => o.Ended.Code != Killed).Select(o => $"{o.Ended.Code}: {o.Ended.Output}").ShouldBeEmpty("every process reached the place and died there");
        outcomes.ShouldAllBe(o => o.Committed == commits);
        outcomes.ShouldAllBe(o => o.Effects == (commits ? 1 : 0));
    }
}
