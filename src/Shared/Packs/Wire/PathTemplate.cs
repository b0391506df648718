using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace McpPlatform.Packs.Wire;

/// <summary>A path with <c>{variables}</c>. The result is checked segment by segment, because no encoding keeps <c>..</c> from being taken as a step up.</summary>
internal sealed class PathTemplate
{
    private const int MaxUnescaping = 3;
    private static readonly SearchValues<char> Literal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@%/");

    private readonly List<(string Text, bool IsVariable)> _pieces;

    private PathTemplate(List<(string Text, bool IsVariable)> pieces) => _pieces = pieces;

    public IEnumerable<string> Names => _pieces.Where(p => p.IsVariable).Select(p => p.Text);

    /// <summary>Reads a template; false when it does not begin with a slash, has unbalanced braces, characters no path can have, or dot segments.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out PathTemplate? template)
    {
        template = null;
        var pieces = new List<(string Text, bool IsVariable)>();
        if (!path.StartsWith('/'))
        {
            return false;
        }

        for (var at = 0; at < path.Length;)
        {
            var open = path.IndexOf('{', at);
            var literal = open < 0 ? path[at..] : path[at..open];
            if (literal.AsSpan().ContainsAnyExcept(Literal))
            {
                return false;
            }

            if (literal.Length > 0)
            {
                pieces.Add((literal, false));
            }

            if (open < 0)
            {
                break;
            }

            var close = path.IndexOf('}', open);
            if (close <= open + 1 || path.IndexOf('{', open + 1, close - open - 1) >= 0)
            {
                return false;
            }

            pieces.Add((path[(open + 1)..close], true));
            at = close + 1;
        }

        template = new PathTemplate(pieces);
        return !path.Split('/').Any(IsDotSegment);
    }

    /// <summary>Puts encoded values in place of the variables.</summary>
    /// <exception cref="BadArgumentException">The result has an empty or a dot segment where a variable was.</exception>
    public string Expand(Func<string, string> valueOf)
    {
        var path = new StringBuilder();
        var segmentStart = 0;
        var hasVariable = false;
        foreach (var (text, isVariable) in _pieces)
        {
            if (isVariable)
            {
                hasVariable = true;
                path.Append(valueOf(text));
                continue;
            }

            foreach (var c in text)
            {
                if (c == '/')
                {
                    CheckSegment(path.ToString(segmentStart, path.Length - segmentStart), hasVariable);
                    segmentStart = path.Length + 1;
                    hasVariable = false;
                }

                path.Append(c);
            }
        }

        CheckSegment(path.ToString(segmentStart, path.Length - segmentStart), hasVariable);
        return path.ToString();
    }

    /// <summary>Refuses a value that some server behind could take as a step in the tree, also when it decodes slashes or decodes twice.</summary>
    public static void CheckValue(string argument, string value)
    {
        var text = value;
        for (var i = 0; i <= MaxUnescaping; i++)
        {
            if (text.Split('/', '\\').Any(IsDotSegment))
            {
                throw new BadArgumentException($"Argument '{argument}' must not contain the path segments '.' or '..'.");
            }

            var unescaped = Uri.UnescapeDataString(text);
            if (unescaped == text)
            {
                return;
            }

            text = unescaped;
        }
    }

    private static void CheckSegment(string segment, bool hasVariable)
    {
        if (hasVariable && (segment.Length == 0 || IsDotSegment(segment)))
        {
            throw new BadArgumentException("A path argument must not be empty, '.' or '..'.");
        }
    }

    private static bool IsDotSegment(string segment) => segment is "." or "..";
}
