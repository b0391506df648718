using System.Globalization;
using System.Text;
using System.Text.Json;
using McpPlatform.Packs.Wire;

namespace McpPlatform.Packs.Calls;

/// <summary>
/// Turns an HTTP answer into a tool result. A good answer never becomes an error because a description promised another shape; a bad one always is an
/// error, with what the API says about it in front.
/// </summary>
internal static class ResponseMapper
{
    private const int MaxErrorCharacters = 4096;
    private static readonly JsonElement Empty = JsonSerializer.SerializeToElement([], OutcomeJson.Default.DictionaryStringJsonElement);
    private static readonly string[] ProblemMembers = ["title", "detail", "message", "error", "error_description", "errors", "code", "type", "instance"];

    public static ToolOutcome Map(PackTool tool, UpstreamAnswer answer, PackSecrets secrets)
    {
        if (answer.Status is >= 300 and < 400)
        {
            var target = answer.Location is null ? "" : $" to {secrets.Mask(answer.Location)}";
            return ToolOutcome.Failed($"HTTP {answer.Status}: the API redirects{target}; redirects are not followed.", answer.Status);
        }

        return answer.Status >= 400 ? Failure(answer, secrets) : Success(tool, answer, secrets);
    }

    private static ToolOutcome Success(PackTool tool, UpstreamAnswer answer, PackSecrets secrets)
    {
        var promised = tool.OutputSchema is null ? (JsonElement?)null : Empty;
        if (answer.Body.Length == 0)
        {
            return new ToolOutcome([ContentBlock.OfText($"HTTP {answer.Status}, no content.")], promised, false, answer.Status);
        }

        var bare = MediaTypes.Bare(answer.MediaType);
        if (MediaTypes.IsJson(bare) || MediaTypes.IsText(bare) || (bare.Length == 0 && IsUtf8(answer.Body)))
        {
            var text = secrets.Mask(Decode(answer));
            if (answer.Truncated)
            {
                text += string.Create(CultureInfo.InvariantCulture, $"\n… [truncated after {answer.Body.Length} bytes: ask for less, for example with a filter or a page size]");
                return new ToolOutcome([ContentBlock.OfText(text)], promised, false, answer.Status);
            }

            var structured = MediaTypes.IsJson(bare) ? Structured(text) : null;
            return new ToolOutcome([ContentBlock.OfText(text)], structured ?? promised, false, answer.Status);
        }

        return answer.Truncated
            ? ToolOutcome.Failed($"The answer ({bare}) has more than {answer.Body.Length} bytes and cannot be cut.", answer.Status)
            : new ToolOutcome([Binary(tool, bare, answer.Body)], promised, false, answer.Status);
    }

    private static ToolOutcome Failure(UpstreamAnswer answer, PackSecrets secrets)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP {answer.Status} {answer.Reason}").TrimEnd();
        var bare = MediaTypes.Bare(answer.MediaType);
        if (answer.Body.Length == 0 || !(MediaTypes.IsJson(bare) || MediaTypes.IsText(bare)))
        {
            return ToolOutcome.Failed(head, answer.Status);
        }

        var text = secrets.Mask(Decode(answer));
        var problem = MediaTypes.IsJson(bare) && !answer.Truncated ? Problem(text) : text;
        return ToolOutcome.Failed($"{head}\n{Shorten(problem)}", answer.Status);
    }

    // RFC 9457 members first, and the ones that APIs use in their place; the rest of a large error is noise to a model.
    private static string Problem(string text)
    {
        if (!TryParse(text, out var json) || json.ValueKind != JsonValueKind.Object)
        {
            return text;
        }

        var lines = ProblemMembers
            .Where(name => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            .Select(name => $"{name}: {ScalarText.Of(json.GetProperty(name))}")
            .ToList();
        return lines.Count == 0 ? text : string.Join('\n', lines);
    }

    /// <summary>Structured content is an object in all protocol revisions but the newest: other values are wrapped as <c>{"result": …}</c>.</summary>
    private static JsonElement? Structured(string text)
    {
        if (!TryParse(text, out var json))
        {
            return null;
        }

        return json.ValueKind == JsonValueKind.Object
            ? json
            : JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["result"] = json }, OutcomeJson.Default.DictionaryStringJsonElement);
    }

    private static ContentBlock Binary(PackTool tool, string type, byte[] body)
    {
        var data = Convert.ToBase64String(body);
        var kind = type.StartsWith("image/", StringComparison.Ordinal) ? "image" : type.StartsWith("audio/", StringComparison.Ordinal) ? "audio" : "resource";
        return new ContentBlock(kind, data, type.Length == 0 ? "application/octet-stream" : type, $"tool://{tool.Name}/result");
    }

    private static string Decode(UpstreamAnswer answer)
    {
        try
        {
            var encoding = answer.Charset is { Length: > 0 } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
            return encoding.GetString(answer.Body);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetString(answer.Body); // a charset nobody knows: better a few wrong letters than no answer
        }
    }

    private static bool TryParse(string text, out JsonElement json)
    {
        try
        {
            json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            return true;
        }
        catch (JsonException)
        {
            json = default; // an API that mislabels its answer: the text is handed on as it is
            return false;
        }
    }

    private static bool IsUtf8(byte[] body) => System.Text.Unicode.Utf8.IsValid(body);

    private static string Shorten(string text) => text.Length <= MaxErrorCharacters ? text : $"{text[..MaxErrorCharacters]}… [truncated]";
}

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(MaxDepth = 1000)]
internal sealed partial class OutcomeJson : System.Text.Json.Serialization.JsonSerializerContext;
