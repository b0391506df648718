namespace McpPlatform.Cli.Commands;

/// <summary>One version of a pack as people write it: <c>com.acme/petstore@1.0.0</c>.</summary>
internal sealed record PackReference(string Namespace, string Name, string Version)
{
    public const string Description = "The pack's version: namespace/name@version, for example com.acme/petstore@1.0.0";

    public string FullName => $"{Namespace}/{Name}";

    public static PackReference Parse(string text) =>
        text.Split('@') is [var full, { Length: > 0 } version] && full.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
            ? new PackReference(owner, name, version)
            : throw CliException.Usage($"'{text}' is no version of a pack; it looks like com.acme/petstore@1.0.0.");
}
