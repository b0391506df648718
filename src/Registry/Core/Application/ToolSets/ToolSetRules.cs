using System.Text.Json;
using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>Shape of a tool set. Whether what it names exists is no question: it may come later, and go.</summary>
internal sealed class ToolSetRules : AbstractValidator<ToolSetTerms>
{
    /// <summary>256 KiB: some thousand names, or a hundred rewritten descriptions.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxMembers = 100;
    private const int MaxPatterns = 500;
    private const int MaxOverrides = 1000;
    private const int MaxPatternLength = 512;
    private const int MaxTextLength = 16 * 1024;
    private const int MaxNameLength = 64;
    private const int MaxHints = 16;

    private static readonly string[] Kinds = [SetItemKinds.Tool, SetItemKinds.Prompt, SetItemKinds.Resource];

    public ToolSetRules()
    {
        RuleFor(t => t).Must(t => JsonSerializer.SerializeToUtf8Bytes(t).Length <= MaxBytes).WithName("Members").WithMessage($"and all the rest must be at most {MaxBytes / 1024} KiB together");
        RuleFor(t => t.Title).Must(IsLine).WithMessage("must be 1 to 128 characters without control characters");
        RuleFor(t => t.Description).Must(text => IsText(text)).WithMessage($"must be at most {MaxTextLength} characters without control characters");
        RuleFor(t => t.Instructions).Must(IsText).WithMessage($"must be at most {MaxTextLength} characters without control characters");
        RuleFor(t => t.Members).Must(m => m.Count is > 0 and <= MaxMembers && !m.Contains(null!)).WithMessage($"must be 1 to {MaxMembers}");
        RuleForEach(t => t.Members).Must(m => m is null || m.Server is not null || m.Tag is not null).WithMessage("needs a server (slug or pattern), a tag, or both")
            .Must(m => m is null || ((m.Server is null || IsServerPattern(m.Server)) && (m.Tag is null || Slug.IsValid(m.Tag)))).WithMessage("has a server or tag that no server can have")
            .Must(m => m is null || (ArePatterns(m.Tools) && ArePatterns(m.Prompts) && ArePatterns(m.Resources)))
            .WithMessage($"takes at most {MaxPatterns} patterns of 1 to {MaxPatternLength} characters for tools, prompts and resources each");
        RuleFor(t => t.Exclude).Must(ArePatterns).WithMessage($"must be at most {MaxPatterns} patterns server/name of 1 to {MaxPatternLength} characters");
        RuleFor(t => t.Pinned).Must(ArePatterns).WithMessage($"must be at most {MaxPatterns} patterns server/name of 1 to {MaxPatternLength} characters");
        RuleFor(t => t.Naming).Must(n => n is ToolSetNaming.Qualified or ToolSetNaming.Own).WithMessage("must be qualified or own");
        RuleFor(t => t.Disclosure).Must(d => d is ToolSetDisclosure.Off or ToolSetDisclosure.On or ToolSetDisclosure.Auto).WithMessage("must be off, on or auto");
        RuleFor(t => t.Overrides).Must(o => o is null || (o.Count <= MaxOverrides && !o.Contains(null!))).WithMessage($"must be at most {MaxOverrides}");
        RuleFor(t => t.Overrides).Must(o => o is null || o.Where(c => c is not null).Select(c => (c.Server, c.Kind, c.Name)).Distinct().Count() == o.Count(c => c is not null)).WithMessage("must name each item once");
        RuleFor(t => t.Overrides).Must(HasUniqueNames).WithMessage("must not give one name to two tools, or to two prompts");
        RuleForEach(t => t.Overrides).Must(c => c is null || (Slug.IsValid(c.Server) && c.Name is { Length: > 0 and <= 4096 } && Kinds.Contains(c.Kind))).WithMessage("needs a server's slug, the item's own name, and a kind: tool, prompt or resource")
            .Must(c => c?.Rename is null || IsName(c)).WithMessage($"must rename tools and prompts to 1 to {MaxNameLength} of A-Z, a-z, 0-9, '_', '-', '.', and resources to one line")
            .Must(c => c is null || (IsText(c.Title) && IsText(c.Description))).WithMessage($"takes a title and a description of at most {MaxTextLength} characters without control characters")
            .Must(c => c?.Annotations is null or { ValueKind: JsonValueKind.Null } || (c.Annotations is { ValueKind: JsonValueKind.Object } hints && hints.EnumerateObject().Count() <= MaxHints)).WithMessage($"takes annotations as an object of at most {MaxHints} members")
            .Must(c => c?.Arguments is null or { Count: 0 } || (c.Kind is SetItemKinds.Tool or SetItemKinds.Prompt && c.Arguments.Count <= ToolSetTerms.MaxFixedArguments && c.Arguments.Keys.All(name => name.Length is > 0 and <= 256)))
            .WithMessage($"takes at most {ToolSetTerms.MaxFixedArguments} fixed arguments, and only for tools and prompts")
            .Must(c => c?.Kind != SetItemKinds.Prompt || c.Arguments is null || c.Arguments.Values.All(value => value.ValueKind == JsonValueKind.String)).WithMessage("fixes arguments of a prompt to texts: prompts take no others")
            .Must(c => c?.Arguments is null || c.Arguments.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == c.Arguments.Count).WithMessage("fixes an argument twice, in different cases");
    }

    private static bool IsLine(string? text) => text is { Length: > 0 and <= RegisteredServer.MaxTitleLength } && !text.Any(char.IsControl);

    private static bool IsText(string? text) => text is null || (text.Length <= MaxTextLength && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')));

    private static bool IsServerPattern(string text) => Slug.IsValid(text) || (text.Length is > 0 and <= Slug.MaxLength && text.Contains('*') && Slug.IsValid(text.Replace("*", "a", StringComparison.Ordinal)));

    private static bool ArePatterns(IReadOnlyList<string>? patterns) => patterns is null || (patterns.Count <= MaxPatterns && patterns.All(p => p is { Length: > 0 and <= MaxPatternLength } && !p.Any(char.IsControl)));

    private static bool IsName(SetOverride change) => change.Kind == SetItemKinds.Resource
        ? IsLine(change.Rename)
        : change.Rename is { Length: > 0 and <= MaxNameLength } name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static bool HasUniqueNames(IReadOnlyList<SetOverride>? changes) => changes is null || ((string[])[SetItemKinds.Tool, SetItemKinds.Prompt]).All(kind =>
        changes.Where(c => c is { Rename: not null } && c.Kind == kind).Select(c => c.Rename).ToList() is var names && names.Distinct(StringComparer.Ordinal).Count() == names.Count);
}
