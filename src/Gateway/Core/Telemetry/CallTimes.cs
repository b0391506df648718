using System.Runtime.CompilerServices;

namespace McpPlatform.Gateway.Telemetry;

/// <summary>
/// Where the time of one call went, in ticks of the clock that it is told of. Whatever is measured once is the end of one stage and the start of the next, so that nothing is lost between
/// them. Part of the call it belongs to: measuring makes no object.
/// </summary>
public struct CallTimes
{
    private Stages _spent;
    private CallStage _stage;
    private long _since;

    /// <summary>Begins after the two stages that come before there is a call, at <see cref="CallStage.Decide"/>.</summary>
    /// <param name="startedAt">When the request began.</param>
    /// <param name="authenticating">When its caller was asked for.</param>
    /// <param name="authenticated">When it was known.</param>
    /// <param name="now">What came after that was parsing.</param>
    public CallTimes(long startedAt, long authenticating, long authenticated, long now)
    {
        _spent[(int)CallStage.Parse] = authenticating - startedAt + now - authenticated;
        _spent[(int)CallStage.Authenticate] = authenticated - authenticating;
        (_stage, _since) = (CallStage.Decide, now);
    }

    /// <summary>Of all stages.</summary>
    public readonly long Total
    {
        get
        {
            var total = 0L;
            for (var i = 0; i < CallStages.Count; i++)
            {
                total += _spent[i];
            }

            return total;
        }
    }

    /// <summary>Of one stage, without what has not ended yet.</summary>
    public readonly long this[CallStage stage] => _spent[(int)stage];

    /// <summary>Ends what the call is at and goes on with another stage, which it may have been at before.</summary>
    public void Enter(CallStage stage, long now)
    {
        _spent[(int)_stage] += now - _since;
        (_stage, _since) = (stage, now);
    }

    /// <summary>Ends what the call is at: it is over.</summary>
    public void End(long now) => Enter(_stage, now);

    [InlineArray(CallStages.Count)]
    private struct Stages
    {
        private long _first;
    }
}
