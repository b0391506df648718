using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Hosting.Security;

/// <summary>Keys made of the master key, one for each purpose: the same in all processes that share it, and none of them tells anything of another or of the master key (HKDF, RFC 5869).</summary>
public sealed class DerivedKeys
{
    private readonly byte[] _master;

    internal DerivedKeys(PlatformKeys keys)
        : this(keys.Master)
    {
    }

    internal DerivedKeys(byte[] master) => _master = master;

    /// <summary>32 bytes.</summary>
    public byte[] Of(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, 32, info: Encoding.UTF8.GetBytes(purpose));
}
