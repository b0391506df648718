using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Kernel;

namespace McpPlatform.Hosting.Security;

/// <summary>
/// Envelope encryption with AES-256-GCM: each secret has a data key of its own, wrapped by the master key; both layers are bound to tenant, record and
/// field. Text form: <c>v1.{id of the master key}.{wrapped data key}.{secret}</c>.
/// </summary>
internal sealed class SecretProtector(PlatformKeys keys) : ISecretProtector
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly string _keyId = Convert.ToHexStringLower(SHA256.HashData(keys.Master))[..8];

    public string Protect(SecretText secret, SecretPlace place)
    {
        var bound = AssociatedData(place);
        var dataKey = RandomNumberGenerator.GetBytes(32);
        return $"v1.{_keyId}.{Seal(keys.Master, dataKey, bound)}.{Seal(dataKey, Encoding.UTF8.GetBytes(secret.Reveal()), bound)}";
    }

    public SecretText Unprotect(string ciphertext, SecretPlace place)
    {
        if (ciphertext.Split('.') is not ["v1", var keyId, var wrapped, var secret])
        {
            throw new SecretUnreadableException($"The secret '{place.Field}' of {place.Record} has an unknown form.");
        }

        if (keyId != _keyId)
        {
            throw new SecretUnreadableException($"The secret '{place.Field}' of {place.Record} was encrypted with master key {keyId}; this process has {_keyId}. Restore the right key.");
        }

        try
        {
            var bound = AssociatedData(place);
            return new SecretText(Encoding.UTF8.GetString(Open(Open(keys.Master, wrapped, bound), secret, bound)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new SecretUnreadableException($"The secret '{place.Field}' of {place.Record} does not decrypt: it was altered, or belongs to another place.", e);
        }
    }

    private static byte[] AssociatedData(SecretPlace place) => Encoding.UTF8.GetBytes($"{place.TenantId:n}|{place.Record:n}|{place.Field}");

    private static string Seal(byte[] key, byte[] plain, byte[] bound)
    {
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        var (nonce, cipher, tag) = Parts(sealedBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, plain, cipher, tag, bound);
        return Base64Url.EncodeToString(sealedBytes);
    }

    private static byte[] Open(byte[] key, string text, byte[] bound)
    {
        var sealedBytes = Base64Url.DecodeFromChars(text);
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("Too short.");
        }

        var (nonce, cipher, tag) = Parts(sealedBytes);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(nonce, cipher, tag, plain, bound);
        return plain;
    }

    private static SealedParts Parts(byte[] bytes) => new(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize..^TagSize), bytes.AsSpan(^TagSize..));

    private readonly ref struct SealedParts(Span<byte> nonce, Span<byte> cipher, Span<byte> tag)
    {
        private readonly Span<byte> _nonce = nonce;
        private readonly Span<byte> _cipher = cipher;
        private readonly Span<byte> _tag = tag;

        public void Deconstruct(out Span<byte> nonce, out Span<byte> cipher, out Span<byte> tag)
        {
            nonce = _nonce;
            cipher = _cipher;
            tag = _tag;
        }
    }
}
