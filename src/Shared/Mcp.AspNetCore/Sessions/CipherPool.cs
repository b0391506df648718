using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>Ciphers ready for use: scheduling a key costs more than sealing with it, and one cipher serves one thread at a time.</summary>
internal sealed class CipherPool
{
    /// <summary>In bytes.</summary>
    public const int TagSize = 16;

    private readonly ConditionalWeakTable<SessionKey, ConcurrentQueue<AesGcm>> _idle = [];

    /// <summary>A cipher for a key; goes back with <see cref="Return"/>.</summary>
    public AesGcm Rent(SessionKey key) =>
        _idle.TryGetValue(key, out var idle) && idle.TryDequeue(out var cipher) ? cipher : new AesGcm(key.Secret.Span, TagSize);

    /// <summary>Takes a cipher back.</summary>
    public void Return(SessionKey key, AesGcm cipher) => _idle.GetOrCreateValue(key).Enqueue(cipher);
}
