namespace McpPlatform.Kernel;

/// <summary>
/// Encrypts what must never be readable back: upstream credentials, bearers, signing keys. The ciphertext is bound to its place
/// (tenant, record, field): moved elsewhere, it does not decrypt.
/// </summary>
public interface ISecretProtector
{
    /// <summary>Encrypts a secret for one place. Two calls give different ciphertexts.</summary>
    string Protect(SecretText secret, SecretPlace place);

    /// <summary>Decrypts. Throws <see cref="SecretUnreadableException"/> when the key is another one, the text was altered, or it belongs elsewhere.</summary>
    SecretText Unprotect(string ciphertext, SecretPlace place);
}

/// <summary>Where a secret lives.</summary>
/// <param name="TenantId">The owner.</param>
/// <param name="Record">Id of the record that holds it.</param>
/// <param name="Field">Name of the member within the record, lower case for header names.</param>
public readonly record struct SecretPlace(Guid TenantId, Guid Record, string Field);

/// <summary>A secret in memory. It cannot be formatted, logged or serialised by accident: only <see cref="Reveal"/> gives the text.</summary>
public sealed class SecretText(string value)
{
    /// <summary>The secret itself. Call it at the place of use only.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>A stored secret cannot be decrypted. The message names the place, never the secret.</summary>
public sealed class SecretUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
