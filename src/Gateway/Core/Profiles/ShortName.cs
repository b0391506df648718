using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Gateway.Profiles;

/// <summary>
/// Names as a profile's clients can take them: the beginning of a name and a hash of all of it, so that a name always means the same tool. Servers choose names, and could choose one that looks like
/// such: whoever has one of this form gets one of his own, so that what is made here never comes to mean a tool that was named after it.
/// </summary>
internal static class ShortName
{
    /// <summary>64 bits: nobody finds a second name for those of somebody else's.</summary>
    private const int UsualDigits = 16;

    /// <summary>For two that collide all the same, which takes both of them to be made for it. The most that the shortest limit of a profile (24) leaves a beginning beside.</summary>
    private const int CollisionDigits = 22;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Null when the name is fine as it is.</summary>
    public static string? Of(string name, ClientProfile profile) =>
        name.Length > Most(profile) || (profile.PlainNames && !name.All(IsPlain)) || IsMade(name, profile) ? Hashed(name, profile, UsualDigits) : null;

    /// <summary>The name of a tool whose usual one another wants too. None of them keeps it: a name must never move to another tool.</summary>
    public static string OnCollision(string name, ClientProfile profile) => Hashed(name, profile, CollisionDigits);

    /// <summary>Whether a name has the form of those that are made for this profile. Says nothing of whether there is one.</summary>
    public static bool IsMade(string name, ClientProfile profile) =>
        (profile.MaxNameLength is not null || profile.PlainNames) && name.Length <= Most(profile) && (EndsIn(name, UsualDigits) || EndsIn(name, CollisionDigits));

    private static bool EndsIn(string name, int digits) => name.Length > digits && name[^(digits + 1)] == '_' && !name.AsSpan(name.Length - digits).ContainsAnyExcept(Hex);

    private static int Most(ClientProfile profile) => profile.MaxNameLength ?? int.MaxValue;

    private static string Hashed(string name, ClientProfile profile, int digits)
    {
        var head = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, Most(profile) - digits - 1)))
        {
            head.Append(IsPlain(c) ? c : '_');
        }

        return head.Append('_').Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), 0, digits).ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
