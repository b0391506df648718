namespace McpPlatform.Gateway.Calls;

/// <summary>Whether a URI can come from a URI template (RFC 6570).</summary>
public static class UriTemplates
{
    /// <summary>Templates come from servers: one that is made to be tried in every way matches nothing.</summary>
    private const int MostSteps = 10_000;

    /// <summary>
    /// True when the literal parts occur in the URI in their order, with something for each simple expression (<c>{id}</c>), which does not span a slash, and anything for each with an
    /// operator (<c>{+path}</c>, <c>{?page}</c>). Generous on purpose: it only finds the server to ask.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> template, ReadOnlySpan<char> uri)
    {
        var steps = MostSteps;
        return Matches(template, uri, ref steps);
    }

    private static bool Matches(ReadOnlySpan<char> template, ReadOnlySpan<char> uri, ref int steps)
    {
        if (steps-- == 0)
        {
            steps = 0;
            return false;
        }

        var open = template.IndexOf('{');
        if (open < 0)
        {
            return template.SequenceEqual(uri);
        }

        if (!uri.StartsWith(template[..open], StringComparison.Ordinal))
        {
            return false;
        }

        var close = template[open..].IndexOf('}');
        if (close < 0)
        {
            return false;
        }

        var expression = template.Slice(open + 1, close - 1);
        var rest = template[(open + close + 1)..];
        var isSimple = expression.Length > 0 && (char.IsAsciiLetterOrDigit(expression[0]) || expression[0] is '_' or '%');
        uri = uri[open..];
        for (var taken = isSimple ? 1 : 0; taken <= uri.Length; taken++)
        {
            if (isSimple && uri[taken - 1] == '/')
            {
                return false;
            }

            if (Matches(rest, uri[taken..], ref steps))
            {
                return true;
            }
        }

        return false;
    }
}
