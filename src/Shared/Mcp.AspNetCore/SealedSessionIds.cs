using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Bounds of sealed sessions.</summary>
public sealed record SealedSessionOptions
{
    /// <summary>Longest life of a session. 24 h: clients open a new one on 404, and what ended must be remembered for as long as it could come back.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Most ended sessions remembered; beyond it the oldest are forgotten. 100 000 take about 10 MB.</summary>
    public int MaxEnded { get; init; } = 100_000;
}

/// <summary>
/// Sessions without memory: the header value is the session itself, sealed with AES-256-GCM, so that every replica with the same keys serves it. Endpoint and
/// caller are associated data: the value is worth nothing to another subject or elsewhere. Ended sessions are remembered by this process alone, until they
/// would have expired anyway.
/// </summary>
public sealed class SealedSessionIds(SessionKeyRing keys, SealedSessionOptions options, TimeProvider time) : ISessionIds
{
    // key id · nonce · sealed (id · revision · capabilities hash · created) · tag
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int ClearSize = 16 + 10 + 16 + 8;
    private const int Size = 1 + NonceSize + ClearSize + TagSize;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, DateTimeOffset> _ended = [];
    private readonly Queue<Guid> _endedInOrder = [];

    /// <inheritdoc/>
    public string Issue(McpSession session, string endpoint)
    {
        Span<byte> clear = stackalloc byte[ClearSize];
        session.Id.TryWriteBytes(clear);
        session.Version.Utf8.Span.CopyTo(clear[16..]);
        BinaryPrimitives.WriteUInt128BigEndian(clear[26..], session.CapabilitiesHash);
        BinaryPrimitives.WriteInt64BigEndian(clear[42..], session.CreatedAt.ToUnixTimeMilliseconds());

        Span<byte> value = stackalloc byte[Size];
        var key = keys.Current;
        value[0] = key.Id;
        RandomNumberGenerator.Fill(value.Slice(1, NonceSize));
        using var cipher = new AesGcm(key.Secret.Span, TagSize);
        cipher.Encrypt(value.Slice(1, NonceSize), clear, value.Slice(1 + NonceSize, ClearSize), value[^TagSize..], BoundTo(endpoint, session.Caller));
        return Base64Url.EncodeToString(value);
    }

    /// <inheritdoc/>
    public McpSession? Find(string value, string endpoint, McpCaller caller)
    {
        Span<byte> raw = stackalloc byte[Size + 3];
        if (value.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.IsValid(value, out var length) || length != Size
            || !Base64Url.TryDecodeFromChars(value, raw, out _) || keys.Find(raw[0]) is not { } key)
        {
            return null;
        }

        raw = raw[..Size];
        Span<byte> clear = stackalloc byte[ClearSize];
        try
        {
            using var cipher = new AesGcm(key.Secret.Span, TagSize);
            cipher.Decrypt(raw.Slice(1, NonceSize), raw.Slice(1 + NonceSize, ClearSize), raw[^TagSize..], clear, BoundTo(endpoint, caller));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        var session = new McpSession(
            new Guid(clear[..16]),
            ProtocolVersion.Find(Encoding.ASCII.GetString(clear.Slice(16, 10))) ?? ProtocolVersion.LatestLegacy,
            caller,
            BinaryPrimitives.ReadUInt128BigEndian(clear[26..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(clear[42..])));
        return session.CreatedAt + options.MaxAge <= time.GetUtcNow() || HasEnded(session.Id) ? null : session;
    }

    /// <inheritdoc/>
    public void End(McpSession session)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_ended.ContainsKey(session.Id))
            {
                return;
            }

            while (_endedInOrder.TryPeek(out var oldest) && (_endedInOrder.Count >= options.MaxEnded || _ended[oldest] <= now))
            {
                _endedInOrder.Dequeue();
                _ended.Remove(oldest);
            }

            _ended.Add(session.Id, session.CreatedAt + options.MaxAge);
            _endedInOrder.Enqueue(session.Id);
        }
    }

    private static byte[] BoundTo(string endpoint, McpCaller caller) =>
        Encoding.UTF8.GetBytes($"{endpoint.Length}:{endpoint}{caller.Tenant.Length}:{caller.Tenant}{caller.Subject}");

    private bool HasEnded(Guid id)
    {
        lock (_gate)
        {
            return _ended.ContainsKey(id);
        }
    }
}
