namespace McpPlatform.PolicyEngine.Matching;

/// <summary>What a request is on, in the form that patterns match.</summary>
internal readonly ref struct Target
{
    public Target(scoped in AccessRequest request, Span<char> buffer)
    {
        Kind = request.Kind;
        Server = request.Server;
        var server = Server;
        ReadOnlySpan<char> name = request.Name;
        server.CopyTo(buffer);
        buffer[server.Length] = '/';
        name.CopyTo(buffer[(server.Length + 1)..]);
        Path = buffer[..(server.Length + 1 + name.Length)];
    }

    public TargetKind Kind { get; }

    public ReadOnlySpan<char> Server { get; }

    /// <summary><c>{server}/{name}</c>.</summary>
    public ReadOnlySpan<char> Path { get; }

    public static int BufferLength(scoped in AccessRequest request) => (request.Server?.Length ?? 0) + 1 + (request.Name?.Length ?? 0);
}
