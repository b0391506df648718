using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Disclosure;

/// <summary>Answers <see cref="MetaTools.Search"/> and <see cref="MetaTools.Describe"/>; the only place where a request may wait for the embedding of its query.</summary>
public sealed class Finder(QueryVectors queries, TimeProvider time)
{
    /// <summary>The raw result. Searches by words alone where vectors do not fit or do not come in time.</summary>
    /// <param name="isVisible">What the caller may not call is neither found nor described.</param>
    public async ValueTask<byte[]> Answer(GatewayState state, ToolSetRoute set, Caller caller, Envelope message, Func<SetTool, bool> isVisible, CancellationToken cancellationToken)
    {
        if (MetaTools.QueryOf(message.Name, message.Arguments) is not { } query)
        {
            return MetaTools.Answer(set, message.Name!, message.Arguments, isVisible);
        }

        // A model that this gateway does not have yet, or no longer: its numbers mean something else.
        var began = time.GetTimestamp();
        var isComparable = set.Search!.HasVectors && queries.Space is { } space && space == state.Registry.VectorSpace;
        var found = isComparable ? await queries.Of(caller.TenantId, query, cancellationToken) : new QueryVector(null, "off");
        var answer = MetaTools.Answer(set, message.Name!, message.Arguments, isVisible, found.Vector);
        GatewayMetrics.Searched(found.Vector is null ? MetaTools.TextRanking : MetaTools.HybridRanking, found.How, time.GetElapsedTime(began));
        return answer;
    }
}
