namespace McpPlatform.Policy.Domain.Limits;

/// <summary>Divides one limit among the gateways that use it.</summary>
public static class Slices
{
    /// <summary>A gateway that uses a limit always has at least this part of an even share, so that it can grow from there. A fifth.</summary>
    public const double Least = 0.2;

    /// <summary>A gateway may need more the next second than it did in the last: it is given a quarter more where others need what is left.</summary>
    public const double Headroom = 1.25;

    /// <summary>
    /// The share of each, as parts of the whole that are never more than 1 together. Everybody has the least there is; then those who need little get what they
    /// need and those who need much share the rest evenly; what nobody needs is shared evenly as well, since somebody may need it before the next time.
    /// </summary>
    /// <param name="demands">What each asked for, as a multiple of the whole limit.</param>
    public static double[] Divide(ReadOnlySpan<double> demands)
    {
        var shares = new double[demands.Length];
        if (shares.Length == 0)
        {
            return shares;
        }

        var least = Least / demands.Length;
        var wanted = new double[demands.Length];
        for (var i = 0; i < wanted.Length; i++)
        {
            wanted[i] = double.IsFinite(demands[i]) ? Math.Max(least, demands[i] * Headroom) : least;
        }

        var left = 1.0;
        var open = Enumerable.Range(0, wanted.Length).OrderBy(i => wanted[i]).ToArray();
        for (var i = 0; i < open.Length; i++)
        {
            // From the most modest on: each gets what it wants, up to an even part of what is left.
            var share = Math.Min(wanted[open[i]], left / (open.Length - i));
            shares[open[i]] = share;
            left -= share;
        }

        var spare = Math.Max(0, left) / shares.Length;
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] += spare;
        }

        return shares;
    }
}
