using System.Globalization;
using System.Text.Json;

namespace McpPlatform.Registry.Domain;

/// <summary>Two definitions side by side, for people: a line for each value, texts broken where they are long, what cannot be seen spelled out.</summary>
public static class DefinitionDiff
{
    private const int Width = 100;

    /// <summary>Beyond it lines are not compared one by one: a table of both would cost too much.</summary>
    private const int MostLines = 1500;

    private const int Context = 2;

    /// <summary>Lines that begin with <c>- </c> (before), <c>+ </c> (now) or two spaces (both, near a difference).</summary>
    /// <param name="before">Null when there was none.</param>
    public static string Between(string? before, string now)
    {
        var (old, current) = (before is null ? new List<string>() : Lines(before), Lines(now));
        return string.Join('\n', before is null ? current.Select(line => $"+ {line}")
            : old.Count > MostLines || current.Count > MostLines ? old.Except(current).Select(line => $"- {line}").Concat(current.Except(old).Select(line => $"+ {line}"))
            : Near([.. Compare(old, current)]));
    }

    private static IEnumerable<string> Near(IReadOnlyList<string> lines)
    {
        var lastShown = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var from = Math.Max(0, i - Context);
            if (lines.Skip(from).Take(i + Context + 1 - from).All(line => line[0] == ' '))
            {
                continue;
            }

            if (i != lastShown + 1)
            {
                yield return "  …";
            }

            lastShown = i;
            yield return lines[i];
        }
    }

    /// <summary>By the longest common subsequence.</summary>
    private static IEnumerable<string> Compare(List<string> old, List<string> current)
    {
        var common = new int[old.Count + 1, current.Count + 1];
        for (var i = old.Count - 1; i >= 0; i--)
        {
            for (var j = current.Count - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == current[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        for (int i = 0, j = 0; i < old.Count || j < current.Count;)
        {
            if (i < old.Count && j < current.Count && old[i] == current[j])
            {
                yield return $"  {old[i++]}";
                j++;
            }
            else if (i < old.Count && (j == current.Count || common[i + 1, j] >= common[i, j + 1]))
            {
                yield return $"- {old[i++]}";
            }
            else
            {
                yield return $"+ {current[j++]}";
            }
        }
    }

    private static List<string> Lines(string definition)
    {
        var lines = new List<string>();
        if (!definition.StartsWith('{'))
        {
            Text(lines, "", definition);
            return lines;
        }

        using var document = JsonDocument.Parse(definition);
        Walk(lines, "", document.RootElement);
        return lines;
    }

    private static void Walk(List<string> lines, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    Walk(lines, path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
                }

                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Walk(lines, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item);
                }

                break;
            case JsonValueKind.String:
                Text(lines, $"{path}: ", value.GetString()!);
                break;
            default:
                lines.Add(DefinitionScan.Visible($"{path}: {value.GetRawText()}"));
                break;
        }
    }

    private static void Text(List<string> lines, string head, string text)
    {
        foreach (var paragraph in DefinitionScan.Visible(head + text).Split('\n'))
        {
            var rest = paragraph;
            while (rest.Length > Width && rest.LastIndexOf(' ', Width - 1, Width - 20) is > 0 and var at)
            {
                lines.Add(rest[..at]);
                rest = "  " + rest[(at + 1)..];
            }

            lines.Add(rest);
        }
    }
}
