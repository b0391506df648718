using System.Globalization;
using System.Text;

namespace McpPlatform.ServiceDefaults;

/// <summary>
/// Prometheus text (exposition format 0.0.4) of what this process has measured: counters and gauges as they are, histograms with their buckets. Names have <c>_</c> for every other
/// character, their unit (<c>_seconds</c>, <c>_bytes</c>), and <c>_total</c> where they count.
/// </summary>
public sealed class PrometheusExporter(MetricStore store)
{
    /// <summary>All series now, sorted by name.</summary>
    public string Scrape()
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in store.Read())
        {
            Write(text, family);
        }

        return text.ToString();
    }

    /// <summary>What a family is called here.</summary>
    public static string NameOf(MetricFamily family)
    {
        var name = new StringBuilder(Name(family.Name), family.Name.Length + 16);
        if (family.Unit is "s" or "By")
        {
            name.Append(family.Unit == "s" ? "_seconds" : "_bytes");
        }

        return family.Type == MetricFamily.Counter ? name.Append("_total").ToString() : name.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        var name = NameOf(family);
        if (family.Description.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(family.Description.Replace('\n', ' ')).Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(family.Type).Append('\n');
        foreach (var (labels, point) in family.Points.Select(p => (Labels: Labels(p.Attributes), Point: p)).OrderBy(p => p.Labels, StringComparer.Ordinal))
        {
            Write(text, name, labels, point);
        }
    }

    private static void Write(StringBuilder text, string name, string labels, MetricPoint point)
    {
        var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
        if (point.Buckets is not { } buckets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {point.Value}\n");
            return;
        }

        var comma = labels.Length == 0 ? "" : ",";
        foreach (var bucket in buckets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{bucket.Le}\"}} {bucket.Count}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {point.Count}\n{name}_sum{braces} {point.Sum}\n{name}_count{braces} {point.Count}\n");
    }

    private static string Labels(IReadOnlyDictionary<string, string> attributes) => string.Join(',', attributes.Select(a => $"{Name(a.Key)}=\"{Escaped(a.Value)}\""));

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Name(string text) => string.Create(text.Length, text, static (name, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            name[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        }
    });
}
