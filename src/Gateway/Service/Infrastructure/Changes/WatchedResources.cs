namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>What is to be heard of one server: its lists while somebody listens, and resources as long as somebody wants each of them.</summary>
internal sealed class WatchedResources
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _uris = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _listeners;

    public bool IsNothing
    {
        get
        {
            lock (_gate)
            {
                return _listeners == 0 && _uris.Count == 0;
            }
        }
    }

    public IReadOnlyList<string> Uris
    {
        get
        {
            lock (_gate)
            {
                return [.. _uris.Keys];
            }
        }
    }

    public void Enter()
    {
        lock (_gate)
        {
            _listeners++;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _listeners--;
        }
    }

    public void Add(string uri)
    {
        lock (_gate)
        {
            var count = _uris[uri] = _uris.GetValueOrDefault(uri) + 1;
            if (count == 1)
            {
                _changed.TrySetResult();
            }
        }
    }

    /// <summary>False when nobody wanted it.</summary>
    public bool Remove(string uri)
    {
        lock (_gate)
        {
            if (!_uris.TryGetValue(uri, out var count))
            {
                return false;
            }

            if (count > 1)
            {
                _uris[uri] = count - 1;
                return true;
            }

            _uris.Remove(uri);
            _changed.TrySetResult();
            return true;
        }
    }

    /// <summary>The resources that are wanted, and when others are.</summary>
    public (string[] Uris, Task Changed) Now()
    {
        lock (_gate)
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return ([.. _uris.Keys], _changed.Task);
        }
    }
}
