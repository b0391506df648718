using System.Collections.Frozen;
using System.Text.Json;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>
/// All paths below <c>arguments</c> that a tenant's rules name, as a tree. One pass over the arguments fills one slot for each name, so the time is linear in
/// the arguments however many rules ask.
/// </summary>
internal sealed class ArgumentPaths
{
    // A JSON escape turns one UTF-16 unit into at most six bytes.
    private const int MaxRawNameLength = PolicyLimits.MaxNameLength * 6;

    private readonly Node _root = new("", -1);

    /// <summary>Slots that <see cref="Read"/> needs.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a dotted path; the same path gets the same slot.</summary>
    public int Add(string path)
    {
        var node = _root;
        foreach (var name in path.Split('.'))
        {
            var child = node.Children.Find(c => c.Name == name);
            if (child is null)
            {
                child = new Node(name, Count++);
                node.Children.Add(child);
            }

            node = child;
        }

        return node.Slot;
    }

    /// <summary>Prepares for reading; nothing is added afterwards.</summary>
    public void Freeze() => _root.Freeze();

    /// <summary>Fills the slots. Arguments that are not one JSON object make every slot ambiguous; none at all leave all missing.</summary>
    public void Read(ReadOnlySpan<byte> arguments, Span<ArgumentSlot> slots)
    {
        slots.Clear();
        if (arguments.IsEmpty)
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(arguments);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, _root, slots);
                if (!reader.Read())
                {
                    return;
                }
            }
        }
        catch (JsonException)
        {
            // Falls through: not JSON.
        }
        catch (InvalidOperationException)
        {
            // Falls through: a name with half a surrogate pair, which has no characters.
        }

        slots.Fill(new(ArgumentState.Ambiguous, 0, 0, 0));
    }

    private static void ReadObject(ref Utf8JsonReader reader, Node node, Span<ArgumentSlot> slots)
    {
        Span<char> buffer = stackalloc char[MaxRawNameLength];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Node[] children = [];
            scoped ReadOnlySpan<char> name = default;
            if (reader.ValueSpan.Length <= MaxRawNameLength)
            {
                name = buffer[..reader.CopyString(buffer)];
                children = node.Named(name);
            }

            reader.Read();
            ReadValue(ref reader, children, name, slots);
        }
    }

    private static void ReadValue(ref Utf8JsonReader reader, Node[] children, scoped ReadOnlySpan<char> name, Span<ArgumentSlot> slots)
    {
        Node? into = null;
        foreach (var child in children)
        {
            if (slots[child.Slot].State != ArgumentState.Missing || !name.SequenceEqual(child.Name))
            {
                child.MarkAmbiguous(slots);
                continue;
            }

            slots[child.Slot] = Slot(ref reader);
            into = reader.TokenType == JsonTokenType.StartObject ? child : null;
        }

        if (into is not null)
        {
            ReadObject(ref reader, into, slots);
        }
        else
        {
            // The reader has the whole text, so this cannot stop short.
            reader.Skip();
        }
    }

    private static ArgumentSlot Slot(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new(ArgumentState.Visited, 0, 0, 0),
        JsonTokenType.String => new(ArgumentState.Text, (int)reader.TokenStartIndex, reader.ValueSpan.Length + 2, 0),
        JsonTokenType.True => new(ArgumentState.True, 0, 0, 0),
        JsonTokenType.False => new(ArgumentState.False, 0, 0, 0),
        JsonTokenType.Number when ExactDecimal.TryParse(reader.ValueSpan, out var number) => new(ArgumentState.Number, 0, 0, number),
        _ => new(ArgumentState.Incomparable, 0, 0, 0),
    };

    private sealed class Node(string name, int slot)
    {
        private FrozenDictionary<string, Node[]>.AlternateLookup<ReadOnlySpan<char>> _named;

        public string Name { get; } = name;

        public int Slot { get; } = slot;

        public List<Node> Children { get; } = [];

        public void Freeze()
        {
            _named = Children.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase)
                .GetAlternateLookup<ReadOnlySpan<char>>();
            Children.ForEach(c => c.Freeze());
        }

        /// <summary>The children of this name in any case: an upstream may not care about case.</summary>
        public Node[] Named(ReadOnlySpan<char> name) => _named.TryGetValue(name, out var nodes) ? nodes : [];

        public void MarkAmbiguous(Span<ArgumentSlot> slots)
        {
            if (slots[Slot].State == ArgumentState.Ambiguous)
            {
                return;
            }

            slots[Slot] = new(ArgumentState.Ambiguous, 0, 0, 0);
            foreach (var child in Children)
            {
                child.MarkAmbiguous(slots);
            }
        }
    }
}
