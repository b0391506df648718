using System.Text.RegularExpressions;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Names of a tool's arguments: what clients accept as property names, unique within the tool. <c>body</c> is the body's where there is one.</summary>
internal sealed partial class ArgumentNames
{
    private const int MaxLength = 64;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The body's name. Take it before any other.</summary>
    public string Body()
    {
        _taken.Add("body");
        return "body";
    }

    /// <summary>The parameter's own name; <c>name__location</c> when that is taken, numbered when that is taken too.</summary>
    public string For(string name, ParameterPlace place)
    {
        var plain = Others().Replace(name, "_").Trim('.');
        plain = plain.Length switch
        {
            0 => "value",
            > MaxLength - 12 => plain[..(MaxLength - 12)],
            _ => plain,
        };
        if (_taken.Add(plain))
        {
            return plain;
        }

        var placed = $"{plain}__{place.ToString().ToLowerInvariant()}";
        var free = placed;
        for (var i = 2; !_taken.Add(free); i++)
        {
            free = $"{placed}_{i}";
        }

        return free;
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex Others();
}
