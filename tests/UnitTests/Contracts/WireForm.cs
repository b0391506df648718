using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using McpPlatform.Contracts;
using McpPlatform.Hosting;
using McpPlatform.Persistence;

namespace McpPlatform.UnitTests.Contracts;

/// <summary>How a contract is spelled where it crosses a process: by the very code that spells it there.</summary>
internal abstract class WireForm(string name)
{
    /// <summary>What a sample file shows: indented, and no character escaped that need not be.</summary>
    private static readonly JsonSerializerOptions Shown = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<WireForm> All { get; } = [new BusForm(), new OutboxForm(), new HttpForm()];

    public string Name => name;

    public abstract bool Carries(object contract);

    public abstract JsonObject Write(object contract);

    /// <summary>Reads what <see cref="Write"/> wrote, as a <paramref name="type"/>.</summary>
    public abstract object Read(JsonObject text, Type type);

    /// <summary>The object within the text that holds the contract's members.</summary>
    public abstract JsonObject Members(JsonObject text);

    public static string Show(JsonObject text) => text.ToJsonString(Shown) + "\n";

    /// <summary>The message on the bus: the body that MassTransit writes, and the names by which it finds consumers.</summary>
    private sealed class BusForm() : WireForm("bus")
    {
        private readonly SystemTextJsonMessageSerializer _serializer = new();

        public override bool Carries(object contract) => contract is IIntegrationEvent;

        public override JsonObject Write(object contract)
        {
            var envelope = (JsonObject)Generic(nameof(Body), contract.GetType(), contract);
            return new JsonObject { ["messageType"] = envelope["messageType"]!.DeepClone(), ["message"] = envelope["message"]!.DeepClone() };
        }

        public override object Read(JsonObject text, Type type) => Generic(nameof(Message), type, text.ToJsonString());

        public override JsonObject Members(JsonObject text) => text["message"]!.AsObject();

        private object Generic(string method, Type type, object argument) =>
            typeof(BusForm).GetMethod(method, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(this, [argument])!;

        private JsonObject Body<T>(T message)
            where T : class => JsonNode.Parse(_serializer.GetMessageBody(new MessageSendContext<T>(message)).GetString())!.AsObject();

        private T Message<T>(string envelope)
            where T : class =>
            _serializer.Deserialize(new StringMessageBody(envelope), new DictionarySendHeaders(new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase))).TryGetMessage<T>(out var message) && message is not null
                ? message
                : throw new InvalidOperationException($"No consumer of {typeof(T).Name} would see this message.");
    }

    /// <summary>The row in the outbox, which the version before or after this one may have written.</summary>
    private sealed class OutboxForm() : WireForm("outbox")
    {
        public override bool Carries(object contract) => contract is IIntegrationEvent;

        public override JsonObject Write(object contract)
        {
            var outbox = new EventOutbox(TimeProvider.System);
            outbox.Add(contract);
            var row = outbox.Take().Single();
            return new JsonObject { ["type"] = row.Type, ["payload"] = JsonNode.Parse(row.Payload) };
        }

        public override object Read(JsonObject text, Type type)
        {
            var row = new OutboxMessage(Guid.NewGuid(), text["type"]!.GetValue<string>(), text["payload"]!.ToJsonString(), DateTimeOffset.UnixEpoch);
            return type.Assembly == typeof(IIntegrationEvent).Assembly ? row.Event() : JsonSerializer.Deserialize(row.Payload, type)!;
        }

        public override JsonObject Members(JsonObject text) => text["payload"]!.AsObject();
    }

    /// <summary>The body of a request or answer between services.</summary>
    private sealed class HttpForm() : WireForm("http")
    {
        public override bool Carries(object contract) => contract is not IIntegrationEvent;

        public override JsonObject Write(object contract) => JsonSerializer.SerializeToNode(contract, contract.GetType(), Json.Internal)!.AsObject();

        public override object Read(JsonObject text, Type type) => text.Deserialize(type, Json.Internal)!;

        public override JsonObject Members(JsonObject text) => text;
    }
}
