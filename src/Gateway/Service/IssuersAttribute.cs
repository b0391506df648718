using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Gateway;

/// <summary>Addresses of issuers as RFC 8414 §2 has them: https, no query, no fragment. Plain http is taken on loopback alone.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IssuersAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        ((IEnumerable<string>)value!).FirstOrDefault(issuer => !IsIssuer(issuer)) is { } wrong
            ? new ValidationResult($"Gateway__{validationContext.MemberName}: '{wrong}' is no issuer. An https address without query and fragment is expected.", [validationContext.MemberName!])
            : ValidationResult.Success;

    private static bool IsIssuer(string issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0
        && issuer.AsSpan().IndexOfAny('?', '#') < 0;
}
