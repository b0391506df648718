namespace McpPlatform.Contracts.Registry;

/// <summary>
/// An embedding as it is stored, travels and is compared: one signed byte for each number, the largest of them ±127. Comparing by the angle needs no scale, and 256 numbers are 256 bytes
/// instead of the 1024 that they came in; the angle between two vectors is off by less than half a degree.
/// </summary>
public static class ToolVector
{
    /// <summary>4096: the longest that models in use answer.</summary>
    public const int MaxLength = 4096;

    private const float Most = 127;

    /// <summary>Null for what has no direction or cannot be compared: no numbers, more than <see cref="MaxLength"/>, only zeros, or one that is not finite.</summary>
    public static byte[]? Quantise(ReadOnlySpan<float> numbers)
    {
        if (numbers.Length is 0 or > MaxLength)
        {
            return null;
        }

        var largest = 0f;
        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
            {
                return null;
            }

            largest = Math.Max(largest, Math.Abs(number));
        }

        if (largest == 0)
        {
            return null;
        }

        var bytes = new byte[numbers.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = unchecked((byte)(sbyte)MathF.Round(numbers[i] / largest * Most));
        }

        return bytes;
    }
}
