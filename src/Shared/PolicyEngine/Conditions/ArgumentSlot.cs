namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>What is known of one name in the arguments.</summary>
internal enum ArgumentState : byte
{
    Missing,

    /// <summary>An object, into which the path may go on.</summary>
    Visited,
    Text,
    Number,
    True,
    False,

    /// <summary>Null, a list, or a number that a decimal does not hold exactly: compares with nothing.</summary>
    Incomparable,

    /// <summary>More than one reading is possible: which one the upstream takes is not known.</summary>
    Ambiguous,
}

/// <summary>One value in the arguments.</summary>
/// <param name="Start">Of a string: index of its opening quote.</param>
/// <param name="Length">Of a string: bytes with both quotes.</param>
internal readonly record struct ArgumentSlot(ArgumentState State, int Start, int Length, decimal Number);
