using System.ComponentModel.DataAnnotations;
using McpPlatform.Gateway.Infrastructure.SharedResults;

namespace McpPlatform.Gateway;

/// <summary>Section <c>Gateway:Cache:Redis</c>: a second level of kept results that gateways share. Off unless <see cref="Url"/> is set.</summary>
public sealed class GatewayRedisOptions : IValidatableObject
{
    public const string Section = "Gateway:Cache:Redis";

    /// <summary><c>redis://user:password@host:port/database</c>, <c>rediss://</c> with TLS, or <c>file:</c> and the path of a file with that. Default empty: each gateway keeps its own.</summary>
    public string Url { get; set; } = "";

    /// <summary>Longest that a call waits for it before it goes to the server. Default 50 ms: a hundred times what a healthy one takes, and little beside a call that it saves.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05", ErrorMessage = "Gateway__Cache__Redis__Timeout must be between 00:00:00.001 and 00:00:05.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Bytes of one result; larger ones stay in memory only. Default 256 KiB (262144): what travels within <see cref="Timeout"/> on a slow link.</summary>
    [Range(1024, 16 << 20, ErrorMessage = "Gateway__Cache__Redis__MaxEntryBytes must be between 1024 and 16777216.")]
    public int MaxEntryBytes { get; set; } = 256 << 10;

    /// <summary>Results that wait to be stored; further ones are left out and counted. Default 256: a second's worth on a busy gateway.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__Cache__Redis__MaxQueue must be between 1 and 100000.")]
    public int MaxQueue { get; set; } = 256;

    /// <summary>Begin of every key. Default <c>mcpp:</c>; a Redis with access rules (ACL) can give the gateway this prefix alone.</summary>
    [StringLength(64)]
    public string KeyPrefix { get; set; } = "mcpp:";

    internal bool IsOn => Url.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? wrong = null;
        try
        {
            _ = IsOn ? RedisAddress.Parse(Url) : null;
        }
        catch (FormatException e)
        {
            wrong = e.Message;
        }

        return wrong is null ? [] : [new ValidationResult($"Gateway__Cache__Redis__Url cannot be used: {wrong}.", [nameof(Url)])];
    }
}
