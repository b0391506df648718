using System.Text.Json;

namespace McpPlatform.Gateway.Caching;

/// <summary>For how long a result is good, and for whom.</summary>
/// <param name="SaysTtl">The server said so itself.</param>
internal readonly record struct Freshness(TimeSpan For, bool IsShared, bool SaysTtl)
{
    /// <summary>
    /// What a result says of itself (2026-07-28, <c>ttlMs</c> and <c>cacheScope</c>), and what an operator declared. The server's own time counts where it is shorter, its <c>private</c>
    /// always; where it says nothing, or 0, only what is declared is kept. Null: not to be kept; so are errors, questions, tasks, and results of kinds that are not known here.
    /// </summary>
    public static Freshness? Of(ReadOnlySpan<byte> result, ToolCaching? declared, TimeSpan most)
    {
        var reader = new Utf8JsonReader(result);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var (ttl, isPublic, isPrivate) = (0L, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ttlMs"u8))
            {
                reader.Read();
                ttl = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var said) && said > 0 ? said : 0;
            }
            else if (reader.ValueTextEquals("cacheScope"u8))
            {
                reader.Read();
                isPublic = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("public"u8);
                isPrivate = !isPublic;
            }
            else if (reader.ValueTextEquals("isError"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.False)
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("resultType"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("complete"u8))
                {
                    return null;
                }
            }
            else if (reader.ValueTextEquals("task"u8))
            {
                return null;
            }

            reader.Skip();
        }

        var own = TimeSpan.FromMilliseconds(Math.Min(ttl, (long)most.TotalMilliseconds));
        var good = declared is null ? own : ttl > 0 && own < declared.Ttl ? own : declared.Ttl;
        good = good < most ? good : most;
        return good <= TimeSpan.Zero ? null : new Freshness(good, declared is null ? isPublic : declared.IsShared && !isPrivate, ttl > 0);
    }
}
