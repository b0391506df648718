using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Policy.Application;

/// <summary>Rules that several requests share.</summary>
internal static class Rules
{
    /// <summary>Text for people: some visible character, none that controls terminals or breaks the database.</summary>
    public static IRuleBuilderOptions<T, string> IsText<T>(this IRuleBuilder<T, string> rule, int maxLength) => rule
        .Must(text => !string.IsNullOrWhiteSpace(text) && text.Length <= maxLength && !text.Any(char.IsControl))
        .WithMessage($"must be 1 to {maxLength} characters without control characters");

    public static IRuleBuilderOptions<T, string?> IsOptionalText<T>(this IRuleBuilder<T, string?> rule, int maxLength) => rule
        .Must(text => text is null || (text.Length <= maxLength && !text.Any(char.IsControl)))
        .WithMessage($"must be at most {maxLength} characters without control characters");

    public static IRuleBuilderOptions<T, IReadOnlyList<string>> AreRoles<T>(this IRuleBuilder<T, IReadOnlyList<string>> rule) => rule
        .Must(roles => roles.Count <= PolicyLimits.MaxRolesPerPrincipal && roles.All(r => PolicyRole.IsName(r)))
        .WithMessage($"must be at most {PolicyLimits.MaxRolesPerPrincipal} names of roles");

    public static IRuleBuilderOptions<T, IReadOnlyList<string>> AreScopes<T>(this IRuleBuilder<T, IReadOnlyList<string>> rule) => rule
        .Must(scopes => scopes.Count <= PolicyLimits.MaxScopes && scopes.All(s => Scope.IsValid(s)))
        .WithMessage($"must be at most {PolicyLimits.MaxScopes} patterns, each of which {Scope.Rule}");

    public static IRuleBuilderOptions<T, double?> IsRate<T>(this IRuleBuilder<T, double?> rule) => rule
        .Must(rate => rate is null or 0 or (>= 0.01 and <= 1_000_000))
        .WithMessage("must be from 0.01 to 1000000 requests per second; 0 brings the platform's own back");

    public static IRuleBuilderOptions<T, int?> IsBurst<T>(this IRuleBuilder<T, int?> rule) => rule
        .Must(burst => burst is null or (>= 0 and <= 1_000_000))
        .WithMessage("must be from 1 to 1000000 requests; 0 brings the platform's own back");

    /// <summary>Which there are, each gateway knows by itself.</summary>
    public static IRuleBuilderOptions<T, string?> IsClientProfile<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(name => name is null || (name.Length <= ApiKey.MaxProfileLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        .WithMessage($"must be the name of a client profile: at most {ApiKey.MaxProfileLength} letters, digits, '-', '_' and '.'; empty for none");

    /// <summary>A page of a list.</summary>
    public static Result<(int Limit, string? After)> Page(int? limit, string? cursor)
    {
        var size = Paging.Limit(limit);
        var key = Paging.Key(cursor);
        if ((size.Error ?? key.Error) is { } error)
        {
            return error;
        }

        // The database has no NUL, and no key of ours has any other control character.
        return key.Value is { } text && text.Any(char.IsControl) ? ForeignCursor() : (size.Value, key.Value);
    }

    public static Error ForeignCursor() => Error.Invalid("paging.cursor", "cursor is not one that this list returned. Leave it out to start from the first page.");
}
