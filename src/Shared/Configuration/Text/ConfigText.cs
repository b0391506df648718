using System.Text;

namespace McpPlatform.Configuration.Text;

/// <summary>The formats of a configuration.</summary>
public enum ConfigFormat
{
    Yaml,
    Json,
    Toml,
}

/// <summary>Bytes as nodes: UTF-8, of a bounded size, depth and number of values, in one of the formats. Everything else is an <see cref="UnreadableException"/>.</summary>
internal static class ConfigText
{
    /// <summary>1 MiB: thousands of servers.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>By the ending of a file's name; null for others.</summary>
    public static ConfigFormat? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".yaml" or ".yml" => ConfigFormat.Yaml,
        ".json" => ConfigFormat.Json,
        ".toml" => ConfigFormat.Toml,
        _ => null,
    };

    public static MapNode Parse(ReadOnlySpan<byte> bytes, ConfigFormat format, string source)
    {
        var start = new Mark(source, 1, 1);
        if (bytes.Length > MaxBytes)
        {
            throw new UnreadableException(start, $"It has more than {MaxBytes} bytes.", "Split it: tenants and platforms of their own have files of their own.");
        }

        var text = Decode(bytes, start);
        var root = string.IsNullOrWhiteSpace(text) ? null : format switch
        {
            ConfigFormat.Json => JsonConfig.Parse(Encoding.UTF8.GetBytes(text), source),
            ConfigFormat.Toml => new TomlConfig(text, source).Parse(),
            _ => YamlConfig.Parse(text, source),
        };
        return root switch
        {
            null or ScalarNode { Form: ScalarKind.Null } => throw new UnreadableException(start, "It is empty, which does not mean that nothing is wanted.", "Write 'servers: {}' to declare nothing."),
            MapNode map => map,
            _ => throw new UnreadableException(root.At, $"It is {root.Kind}.", "Write sections: servers, policies, routes, limits, launchers."),
        };
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Mark start)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes = bytes[3..];
        }

        try
        {
            var text = Strict.GetString(bytes);
            return text.Contains('\0', StringComparison.Ordinal) ? throw NotUtf8(start) : text;
        }
        catch (DecoderFallbackException)
        {
            throw NotUtf8(start);
        }
    }

    private static UnreadableException NotUtf8(Mark start) => new(start, "It is no UTF-8 text.", "Save it as UTF-8.");
}
