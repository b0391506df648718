using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Infrastructure.Security;

/// <summary>
/// States sealed with AES-256-GCM by the keys that seal sessions; what a state is bound to is associated data and does not travel. Layout: key id · nonce · sealed (expiry, ms · held ·
/// owner · length of address · address · upstream's state) · tag, in base64url.
/// </summary>
internal sealed class SealedRequestStates(SessionKeyRing keys, TimeSpan lifetime, TimeProvider time) : IRequestStates
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Head = 8 + 16 + 16 + 2;

    /// <summary>A server's own state must fit a request again, with room for everything else.</summary>
    private const int MaxText = 4 << 20;

    public TimeSpan Lifetime => lifetime;

    public string Seal(RequestState state, in StateBinding binding)
    {
        var address = Encoding.UTF8.GetBytes(state.Address);
        var clear = new byte[Head + address.Length + state.Upstream.Length];
        BinaryPrimitives.WriteInt64BigEndian(clear, (time.GetUtcNow() + lifetime).ToUnixTimeMilliseconds());
        state.Held.TryWriteBytes(clear.AsSpan(8));
        state.Owner.TryWriteBytes(clear.AsSpan(24));
        BinaryPrimitives.WriteUInt16BigEndian(clear.AsSpan(40), (ushort)address.Length);
        address.CopyTo(clear, Head);
        state.Upstream.Span.CopyTo(clear.AsSpan(Head + address.Length));

        var key = keys.Current;
        var text = new byte[1 + NonceSize + clear.Length + TagSize];
        text[0] = key.Id;
        RandomNumberGenerator.Fill(text.AsSpan(1, NonceSize));
        using var cipher = new AesGcm(key.Secret.Span, TagSize);
        cipher.Encrypt(text.AsSpan(1, NonceSize), clear, text.AsSpan(1 + NonceSize, clear.Length), text.AsSpan(text.Length - TagSize), Bound(binding));
        return Base64Url.EncodeToString(text);
    }

    public RequestState? Open(string text, in StateBinding binding)
    {
        if (text.Length > MaxText || !Base64Url.IsValid(text, out var length) || length < 1 + NonceSize + Head + TagSize)
        {
            return null;
        }

        var raw = Base64Url.DecodeFromChars(text);
        if (keys.Find(raw[0]) is not { } key)
        {
            return null;
        }

        var clear = new byte[raw.Length - 1 - NonceSize - TagSize];
        try
        {
            using var cipher = new AesGcm(key.Secret.Span, TagSize);
            cipher.Decrypt(raw.AsSpan(1, NonceSize), raw.AsSpan(1 + NonceSize, clear.Length), raw.AsSpan(raw.Length - TagSize), clear, Bound(binding));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        if (BinaryPrimitives.ReadInt64BigEndian(clear) < time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return null;
        }

        var address = BinaryPrimitives.ReadUInt16BigEndian(clear.AsSpan(40));
        return new RequestState(
            clear.AsMemory(Head + address), new Guid(clear.AsSpan(8, 16)), new Guid(clear.AsSpan(24, 16)), Encoding.UTF8.GetString(clear.AsSpan(Head, address)));
    }

    // Each part with its length: no two bindings have one text.
    private static byte[] Bound(in StateBinding binding) => Encoding.UTF8.GetBytes(string.Concat(
        $"request-state:{binding.TenantId:n}:{binding.Subject.Length}:{binding.Subject}",
        $":{binding.Server.Length}:{binding.Server}:{binding.Method.Length}:{binding.Method}:{binding.Arguments}:{binding.Target}"));
}
