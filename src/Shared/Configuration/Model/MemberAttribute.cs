namespace McpPlatform.Configuration.Model;

/// <summary>What the reference, the schema and the checks say of a member.</summary>
/// <param name="text">What it means, as a sentence; with its default where there is one.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MemberAttribute(string text) : Attribute
{
    public string Text { get; } = text;

    /// <summary>Of numbers; both inclusive.</summary>
    public double Least { get; init; } = double.NegativeInfinity;

    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>Of texts, in lists and groups of their items.</summary>
    public Form Form { get; init; }

    /// <summary>Of the names in a group.</summary>
    public Form Names { get; init; }

    /// <summary>Entries of a list or a group.</summary>
    public int MostEntries { get; init; } = 1000;

    /// <summary>The texts that are taken; null = any.</summary>
    public string[]? OneOf { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Values are shown to nobody.</summary>
    public bool IsSecret { get; init; }

    /// <summary><c>${NAME}</c> in it means something else, or nothing: it stays.</summary>
    public bool IsVerbatim { get; init; }

    /// <summary>It may be a URI: <c>file:</c> begins one, and refers to nothing.</summary>
    public bool IsUri { get; init; }

    /// <summary>An example value for the reference, as YAML.</summary>
    public string Example { get; init; } = "";
}

/// <summary>The shapes of texts.</summary>
internal enum Form
{
    Any,

    /// <summary>May have several lines.</summary>
    Lines,
    Slug,

    /// <summary>A slug, in which * may stand for any text.</summary>
    SlugPattern,
    Intent,
    Url,
    HeaderName,
    HeaderValue,
    VariableName,
    LauncherName,
    RoleName,
}
