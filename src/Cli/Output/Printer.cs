using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace McpPlatform.Cli.Output;

/// <summary>Prints answers: tables and lines for people, the answer itself with <c>--json</c>.</summary>
internal sealed class Printer(Terminal terminal, bool json)
{
    // Readable for people and for jq; the output is no HTML.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list answer (<c>{"items":[…]}</c>) as a table; says so when it is empty and when there is more.</summary>
    public void List(JsonObject answer, string noun, params Column[] columns)
    {
        if (json)
        {
            Json(answer);
            return;
        }

        var items = (JsonArray)answer["items"]!;
        if (items.Count == 0)
        {
            terminal.Out.WriteLine($"No {noun}.");
            return;
        }

        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Title)) { NoWrap = !terminal.OutIsTerminal, Padding = new Padding(0, 0, 2, 0) });
        }

        foreach (var item in items)
        {
            table.AddRow(columns.Select(c => new Text(SafeText.Line(c.Of(item)))));
        }

        Write(table);
        if (answer["next_cursor"] is not null)
        {
            terminal.Error.WriteLine($"More than {items.Count} {noun}; --limit shows more.");
        }
    }

    /// <summary>One object: a line per member, what is nested as JSON.</summary>
    public void Object(JsonNode? answer)
    {
        if (json || answer is not JsonObject members)
        {
            Json(answer);
            return;
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true, Padding = new Padding(0, 0, 2, 0) }).AddColumn(new TableColumn(""));
        foreach (var (name, value) in members)
        {
            table.AddRow(new Text(name), new Text(SafeText.Line(Column.Show(value))));
        }

        Write(table);
    }

    /// <summary>The outcome of a change: the sentence for people, the answer (<c>{}</c> when it was empty) with <c>--json</c>.</summary>
    public void Done(string sentence, JsonNode? answer = null)
    {
        if (json)
        {
            Json(answer ?? new JsonObject());
        }
        else
        {
            terminal.Out.WriteLine(SafeText.Line(sentence));
        }
    }

    /// <summary>Text as it is, for people only.</summary>
    public void Text(string text)
    {
        if (!json)
        {
            terminal.Out.WriteLine(SafeText.Lines(text));
        }
    }

    public bool IsJson => json;

    public void Json(JsonNode? answer) => terminal.Out.WriteLine(answer?.ToJsonString(Indented) ?? "null");

    /// <summary>News on the way (waiting for a deployment): on the error stream, so that the output stays clean.</summary>
    public void Progress(string sentence) => terminal.Error.WriteLine(SafeText.Line(sentence));

    private void Write(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        // Into a pipe a row is a line, whatever its length.
        console.Profile.Width = terminal.OutIsTerminal ? terminal.Width : 10_000;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            terminal.Out.WriteLine(line.TrimEnd());
        }
    }
}
