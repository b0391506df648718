using System.Text;
using System.Text.RegularExpressions;

namespace McpPlatform.Messaging;

/// <summary>Why a message failed, in words that may be shown and stored: bounded, without stack traces, and without what looks like a secret.</summary>
internal static partial class FaultText
{
    /// <summary>2000 characters: types and messages of a few causes; AMQP allows headers of 128 KiB in all.</summary>
    public const int MaxLength = 2000;

    private const int MaxCauses = 4;

    /// <summary><c>Type: message ← Type: message …</c>, the outermost first.</summary>
    public static string Of(Exception exception)
    {
        var text = new StringBuilder();
        var cause = exception;
        for (var depth = 0; cause is not null && depth < MaxCauses; depth++, cause = cause.InnerException)
        {
            // Long messages are cut before the patterns run over them.
            var message = cause.Message.Length > MaxLength ? cause.Message[..MaxLength] : cause.Message;
            text.Append(depth == 0 ? "" : " ← ").Append(cause.GetType().Name).Append(": ").Append(message);
        }

        return Clean(text.ToString());
    }

    /// <summary>The text without what looks like a secret, one line, at most <see cref="MaxLength"/> characters.</summary>
    public static string Clean(string text)
    {
        var clean = UserInfo().Replace(text, "$1***@");
        clean = Scheme().Replace(clean, "$1 ***");
        clean = Named().Replace(clean, "$1$2***");
        clean = Opaque().Replace(clean, "***");
        clean = Unprintable().Replace(clean, " ");
        return clean.Length <= MaxLength ? clean : clean[..(MaxLength - 1)] + "…";
    }

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[^\s,;""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("""((?:password|passwd|pwd|secret|token|api[_-]?key|authorization|credential)s?["']?)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    // Keys and tokens are long and have both letters and digits; ids (8-4-4-4-12) are broken by their hyphens.
    [GeneratedRegex(@"(?<![\w+/=.-])(?=[A-Za-z0-9_+/=.-]*[0-9])(?=[A-Za-z0-9_+/=.-]*[A-Za-z])(?![0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-]))[A-Za-z0-9_+/=-]{24,}(?:\.[A-Za-z0-9_+/=-]{8,})*")]
    private static partial Regex Opaque();

    [GeneratedRegex(@"[\p{C}\s]+")]
    private static partial Regex Unprintable();
}
