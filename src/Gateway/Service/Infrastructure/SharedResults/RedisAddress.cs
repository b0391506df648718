namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>Where a Redis is and as whom to speak to it.</summary>
/// <param name="Password">Null = none; without a user it is that of the user <c>default</c>.</param>
/// <param name="Database">Its number.</param>
internal sealed record RedisAddress(string Host, int Port, bool IsEncrypted, string? User, string? Password, int Database)
{
    private const string FilePrefix = "file:";

    /// <summary>Without what is secret.</summary>
    public override string ToString() => $"{(IsEncrypted ? "rediss" : "redis")}://{Host}:{Port}/{Database}";

    /// <summary><c>redis[s]://[user[:password]@]host[:port][/database]</c>, or <c>file:</c> and the path of a file with that. Throws <see cref="FormatException"/>, whose message shows nothing of the text.</summary>
    public static RedisAddress Parse(string text)
    {
        if (text.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            try
            {
                text = File.ReadAllText(text[FilePrefix.Length..]).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FormatException("its file cannot be read", e);
            }
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
        {
            throw new FormatException("it is no redis:// or rediss:// address");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new FormatException("it has a query or a fragment; in a password write ? as %3F and # as %23");
        }

        var database = uri.AbsolutePath.Trim('/');
        if (database.Length > 0 && !(int.TryParse(database, out var parsed) && parsed is >= 0 and < 10_000))
        {
            throw new FormatException("what stands after the host is no number of a database");
        }

        var (user, password) = uri.UserInfo.Split(':', 2) is [var name, var secret] ? (name, secret) : (uri.UserInfo, "");
        return new RedisAddress(
            uri.IdnHost,
            uri.Port > 0 ? uri.Port : 6379,
            uri.Scheme == "rediss",
            user.Length > 0 ? Uri.UnescapeDataString(user) : null,
            password.Length > 0 ? Uri.UnescapeDataString(password) : null,
            database.Length > 0 ? int.Parse(database) : 0);
    }
}
