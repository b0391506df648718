using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Contracts.Registry;

/// <summary>One accepted definition of a server whose definitions are quarantined. Anything that the server shows and that is not pinned is withheld.</summary>
/// <param name="Kind">One of <see cref="DefinitionKinds"/>.</param>
/// <param name="Name">Name, URI or URI template; the era for instructions.</param>
/// <param name="Hash">SHA-256 of the definition in RFC 8785 form, lower-case hex; of the text for instructions.</param>
public sealed record DefinitionPin(string Kind, string Name, string Hash)
{
    /// <summary>Hash of what is a text and no object.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What of a server can be pinned.</summary>
public static class DefinitionKinds
{
    public const string Tool = "tool";
    public const string Prompt = "prompt";
    public const string Resource = "resource";
    public const string ResourceTemplate = "resource_template";

    /// <summary>What a server tells the model of itself, by era.</summary>
    public const string Instructions = "instructions";
}
