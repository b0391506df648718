namespace McpPlatform.Registry.Infrastructure.Embeddings;

/// <summary>Hashes of definitions that the provider refuses by themselves: left out for an hour, so that they hold up no others. Not for two threads at once.</summary>
internal sealed class RefusedDefinitions(TimeProvider clock)
{
    /// <summary>10,000: a megabyte. Beyond, those that were refused first are tried again.</summary>
    internal const int Most = 10_000;

    private static readonly TimeSpan For = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _refused = new(StringComparer.Ordinal);

    /// <summary>Those that are left out now.</summary>
    public IReadOnlyCollection<string> Now()
    {
        var now = clock.GetUtcNow();
        foreach (var (hash, _) in _refused.Where(refused => now - refused.Value > For).ToList())
        {
            _refused.Remove(hash);
        }

        return _refused.Keys;
    }

    public void Add(string hash)
    {
        if (_refused.Count >= Most)
        {
            _refused.Remove(_refused.MinBy(refused => refused.Value).Key);
        }

        _refused[hash] = clock.GetUtcNow();
    }
}
