using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Bounds of sealed sessions.</summary>
public sealed record SealedSessionOptions
{
    /// <summary>Longest life of a session: <see cref="ClientSessionOptions.MaxAge"/>, for the ids as well.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>
/// The header value is the session itself, sealed with AES-256-GCM: every replica with the same keys can tell whose it is and which process owns it, without
/// asking anybody. Endpoint and caller are associated data: the value is worth nothing to another subject or elsewhere.
/// </summary>
public sealed class SealedSessionIds(SessionKeyRing keys, SealedSessionOptions options, TimeProvider time) : ISessionIds
{
    // key id · nonce · sealed (id · revision · capabilities hash · created · owner · owner's address) · tag
    private const int NonceSize = 12;
    private const int FixedSize = 16 + 10 + 16 + 8 + 16;
    private const int MaxAddress = 200;
    private const int Frame = 1 + NonceSize + CipherPool.TagSize;
    private const int MaxSize = Frame + FixedSize + MaxAddress;

    private readonly CipherPool _ciphers = new();

    /// <inheritdoc/>
    public string Issue(McpSession session, string endpoint)
    {
        Span<byte> clear = stackalloc byte[FixedSize + MaxAddress];
        session.Id.TryWriteBytes(clear);
        session.Version.Utf8.Span.CopyTo(clear[16..]);
        BinaryPrimitives.WriteUInt128BigEndian(clear[26..], session.CapabilitiesHash);
        BinaryPrimitives.WriteInt64BigEndian(clear[42..], session.CreatedAt.ToUnixTimeMilliseconds());
        session.Owner.TryWriteBytes(clear[50..]);
        clear = clear[..(FixedSize + Encoding.UTF8.GetBytes(session.OwnerAddress, clear[FixedSize..]))];

        Span<byte> value = stackalloc byte[Frame + clear.Length];
        var key = keys.Current;
        value[0] = key.Id;
        RandomNumberGenerator.Fill(value.Slice(1, NonceSize));
        using var bound = BoundTo(endpoint, session.Caller);
        var cipher = _ciphers.Rent(key);
        cipher.Encrypt(value.Slice(1, NonceSize), clear, value.Slice(1 + NonceSize, clear.Length), value[^CipherPool.TagSize..], bound.Written.Span);
        _ciphers.Return(key, cipher);
        return Base64Url.EncodeToString(value);
    }

    /// <inheritdoc/>
    public McpSession? Find(string value, string endpoint, McpCaller caller)
    {
        Span<byte> raw = stackalloc byte[MaxSize + 3];
        if (value.Length > Base64Url.GetEncodedLength(MaxSize) || !Base64Url.IsValid(value, out var length) || length < Frame + FixedSize
            || value.Length != Base64Url.GetEncodedLength(length) || !Base64Url.TryDecodeFromChars(value, raw, out _) || keys.Find(raw[0]) is not { } key)
        {
            return null;
        }

        raw = raw[..length];
        Span<byte> clear = stackalloc byte[length - Frame];
        using var bound = BoundTo(endpoint, caller);
        var cipher = _ciphers.Rent(key);
        try
        {
            cipher.Decrypt(raw.Slice(1, NonceSize), raw.Slice(1 + NonceSize, clear.Length), raw[^CipherPool.TagSize..], clear, bound.Written.Span);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            _ciphers.Return(key, cipher);
        }

        var session = new McpSession(
            new Guid(clear[..16]),
            ProtocolVersion.Find(clear.Slice(16, 10)) ?? ProtocolVersion.LatestLegacy,
            caller,
            BinaryPrimitives.ReadUInt128BigEndian(clear[26..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(clear[42..])))
        {
            Owner = new Guid(clear.Slice(50, 16)),
            OwnerAddress = clear.Length == FixedSize ? "" : Encoding.UTF8.GetString(clear[FixedSize..]),
        };
        return session.CreatedAt + options.MaxAge <= time.GetUtcNow() ? null : session;
    }

    /// <summary>Lengths go with the parts, so that no two combinations are the same bytes.</summary>
    private static PooledBuffer BoundTo(string endpoint, McpCaller caller)
    {
        var bound = new PooledBuffer(256);
        Append(bound, endpoint);
        Append(bound, caller.Tenant);
        Append(bound, caller.Subject);
        return bound;
    }

    private static void Append(PooledBuffer output, string text)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), text.Length);
        output.Advance(4);
        Encoding.UTF8.GetBytes(text, output);
    }
}
