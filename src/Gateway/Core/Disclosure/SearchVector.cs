using System.Numerics;
using System.Runtime.InteropServices;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>What a definition or a query is about, as a direction: one signed byte a number (<see cref="ToolVector"/>).</summary>
public sealed class SearchVector
{
    private readonly float _length;

    private SearchVector(ReadOnlyMemory<byte> numbers, float length) => (Numbers, _length) = (numbers, length);

    internal ReadOnlyMemory<byte> Numbers { get; }

    /// <summary>Null for what has no direction, or is longer than any is.</summary>
    public static SearchVector? Of(ReadOnlyMemory<byte>? numbers) =>
        numbers is { Length: > 0 and <= ToolVector.MaxLength } some && Product(some.Span, some.Span) is > 0 and var square ? new(some, MathF.Sqrt(square)) : null;

    /// <summary>Cosine of the angle between both: 1 for the same direction; 0 where they cannot be compared.</summary>
    public float Likeness(SearchVector other) =>
        other.Numbers.Length == Numbers.Length ? Product(Numbers.Span, other.Numbers.Span) / (_length * other._length) : 0;

    /// <summary>Never over 4096 · 128², which an int holds.</summary>
    private static int Product(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var a = MemoryMarshal.Cast<byte, sbyte>(first);
        var b = MemoryMarshal.Cast<byte, sbyte>(second);
        var (sums, i) = (Vector<int>.Zero, 0);
        for (; i <= a.Length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
        {
            // 128² is within a short, and no sum is made before it is an int.
            Vector.Widen(new Vector<sbyte>(a[i..]), out var lowA, out var highA);
            Vector.Widen(new Vector<sbyte>(b[i..]), out var lowB, out var highB);
            Vector.Widen(lowA * lowB, out var one, out var two);
            Vector.Widen(highA * highB, out var three, out var four);
            sums += one + two + three + four;
        }

        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
