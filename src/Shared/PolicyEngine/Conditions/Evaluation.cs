namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>The state of one decision: the request, and its arguments once somebody asked for them.</summary>
internal ref struct Evaluation
{
    private readonly ArgumentPaths _paths;
    private readonly Span<ArgumentSlot> _slots;
    private bool _isRead;

    public Evaluation(AccessRequest request, ArgumentPaths paths, Span<ArgumentSlot> slots)
    {
        Request = request;
        _paths = paths;
        _slots = slots;
    }

    public AccessRequest Request { get; }

    /// <summary>One argument, by its slot. The first call reads the arguments, once for all rules.</summary>
    public ArgumentSlot Argument(int slot)
    {
        if (!_isRead)
        {
            _isRead = true;
            _paths.Read(Request.Arguments, _slots);
        }

        return _slots[slot];
    }
}
