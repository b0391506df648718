using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>The properties of an AMQP message as texts, and back. Only what a consumer of ours reads goes along; headers begin with <c>header:</c>.</summary>
internal static class MessageProperties
{
    public const string ContentType = "content_type";
    private const string MessageId = "message_id";
    private const string CorrelationId = "correlation_id";
    private const string Header = "header:";

    /// <summary>Bounds what is kept of one message: far more headers than MassTransit sets, each far shorter than this.</summary>
    private const int MaxHeaders = 64;
    private const int MaxLength = 4096;

    public static Dictionary<string, string> Read(IReadOnlyBasicProperties properties)
    {
        var texts = new Dictionary<string, string>();
        Add(texts, ContentType, properties.ContentType);
        Add(texts, MessageId, properties.MessageId);
        Add(texts, CorrelationId, properties.CorrelationId);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (texts.Count < MaxHeaders && !DeadLetterHeaders.IsOfDelivery(name))
            {
                Add(texts, Header + name, Text(value));
            }
        }

        return texts;
    }

    public static BasicProperties Write(IReadOnlyDictionary<string, string> texts)
    {
        var properties = new BasicProperties { Persistent = true, Headers = new Dictionary<string, object?>() };
        foreach (var (name, text) in texts)
        {
            switch (name)
            {
                case ContentType: properties.ContentType = text; break;
                case MessageId: properties.MessageId = text; break;
                case CorrelationId: properties.CorrelationId = text; break;
                case var header when header.StartsWith(Header, StringComparison.Ordinal): properties.Headers[header[Header.Length..]] = text; break;
            }
        }

        return properties;
    }

    /// <summary>A header's value as text; null for lists and tables, which only the broker writes.</summary>
    public static string? Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    // PostgreSQL keeps no NUL.
    private static void Add(Dictionary<string, string> texts, string name, string? text)
    {
        if (text is { Length: > 0 and <= MaxLength } && !text.Contains('\0', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal))
        {
            texts[name] = text;
        }
    }
}
