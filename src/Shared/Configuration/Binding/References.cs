using System.Text;
using System.Text.RegularExpressions;

namespace McpPlatform.Configuration.Binding;

/// <summary>A value as it is used.</summary>
/// <param name="Via">Where it came from besides its place: variables, a file. Empty when it is as written.</param>
/// <param name="IsSecret">Whether what it came from is not to be shown.</param>
internal readonly record struct Resolved(string Text, string Via = "", bool IsSecret = false);

/// <summary>
/// <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>file:path</c> in values. <c>$${</c> is a <c>${</c> that stays. What comes in is not looked at again: a value that itself looks
/// like a reference is none.
/// </summary>
/// <param name="environment">Value of a variable, or null.</param>
/// <param name="folder">What relative paths start from. Null: references are refused, because this text comes from elsewhere.</param>
internal sealed partial class References(Func<string, string?> environment, string? folder)
{
    private const string FilePrefix = "file:";

    /// <summary>64 KiB: keys and certificates.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>Absolute paths of the files that values were taken from.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <param name="isUri">Where <c>file:</c> begins a URI.</param>
    public Resolved Resolve(string text, bool isUri = false)
    {
        var isFile = !isUri && text.StartsWith(FilePrefix, StringComparison.Ordinal);
        if (folder is null && (isFile || text.Replace("$${", "", StringComparison.Ordinal).Contains("${", StringComparison.Ordinal)))
        {
            throw new ReferenceException("References to variables and files are not followed here: they would be this server's.", "Send the value itself; 'mcpp config apply' does so.");
        }

        return isFile ? ReadFile(text[FilePrefix.Length..]) : Fill(text);
    }

    private Resolved Fill(string text)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return new Resolved(text);
        }

        var filled = new StringBuilder();
        var names = new List<string>();
        var position = 0;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var start)
        {
            if (start > position && text[start - 1] == '$')
            {
                filled.Append(text, position, start - 1 - position).Append("${");
                position = start + 2;
                continue;
            }

            if (Reference().Match(text, start) is not { Success: true } match || match.Index != start)
            {
                throw new ReferenceException("A '${' begins no reference.", "Write ${NAME} or ${NAME:-default}; $${ for the characters themselves.");
            }

            var name = match.Groups[1].Value;
            var value = environment(name) is { Length: > 0 } set ? set : match.Groups[2].Success ? match.Groups[2].Value : null;
            filled.Append(text, position, start - position)
                .Append(value ?? throw new ReferenceException($"The variable {name} is not set.", $"Set {name} in the environment of this process, or write ${{{name}:-default}}."));
            names.Add(name);
            position = start + match.Length;
        }

        filled.Append(text, position, text.Length - position);
        return filled.Length > MaxLength
            ? throw new ReferenceException($"With its variables it has more than {MaxLength} characters.", "Check what the variables hold.")
            : new Resolved(filled.ToString(), string.Join(", ", names), names.Any(name => SecretName().IsMatch(name)));
    }

    private Resolved ReadFile(string path)
    {
        var full = Path.GetFullPath(path, folder!);
        Files.Add(full);
        try
        {
            using var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxLength + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > MaxLength
                ? throw new ReferenceException($"The file {path} has more than {MaxLength} bytes.", "Name a file that holds the value alone.")
                : new Resolved(new UTF8Encoding(false, true).GetString(bytes, 0, length).TrimEnd('\r', '\n'), $"file:{path}", IsSecret: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException or NotSupportedException)
        {
            throw new ReferenceException($"The file {path} cannot be read ({exception.GetType().Name}).", "Check that it is there, that this process may read it, and that it is UTF-8 text.");
        }
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]{0,127})(?::-([^}]*))?\}")]
    private static partial Regex Reference();

    [GeneratedRegex("TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}

/// <summary>A reference that leads nowhere.</summary>
internal sealed class ReferenceException(string reason, string fix) : Exception(reason)
{
    public string Fix { get; } = fix;
}
