using McpPlatform.Contracts;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Contracts;

public sealed class TimeOrderedIdTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 4, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_id_is_a_UUID_of_version_7_and_variant_10_of_its_moment()
    {
        var id = TimeOrderedId.Create(At);

        (id.Version, id.Variant >> 2).ShouldBe((7, 2));
        id.ToString("n")[..12].ShouldBe(Guid.CreateVersion7(At).ToString("n")[..12]);
    }

    [Fact]
    public void Ids_of_one_moment_differ_however_many_threads_make_them()
    {
        var ids = Enumerable.Range(0, 100_000).AsParallel().Select(_ => TimeOrderedId.Create(At)).ToArray();

        ids.Distinct().Count().ShouldBe(ids.Length);
    }

    [Fact]
    public void Every_random_bit_takes_both_values()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => TimeOrderedId.Create(At).ToByteArray(bigEndian: true)).ToArray();

        for (var bit = 48; bit < 128; bit++)
        {
            var values = ids.Select(id => (id[bit / 8] >> (7 - (bit % 8))) & 1).Distinct().Count();
            values.ShouldBe(bit is (>= 48 and < 52) or 64 or 65 ? 1 : 2, $"bit {bit}");
        }
    }

    [Fact]
    public void A_later_moment_has_the_greater_id() =>
        string.CompareOrdinal(TimeOrderedId.Create(At.AddMilliseconds(1)).ToString(), TimeOrderedId.Create(At).ToString()).ShouldBePositive();
}
