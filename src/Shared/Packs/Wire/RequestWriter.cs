using System.Text;
using System.Text.Json;

namespace McpPlatform.Packs.Wire;

/// <summary>Turns the arguments of a call into the request that the API's description asks for.</summary>
public static class RequestWriter
{
    /// <summary>Writes a request without credentials.</summary>
    /// <exception cref="BadArgumentException">An argument is missing, unknown, or cannot be put where it belongs.</exception>
    internal static WireRequest Write(PackOperation operation, JsonElement arguments, int maxBodyBytes)
    {
        var given = Read(operation, arguments);
        var path = Path(operation, given);
        var query = new StringBuilder();
        var headers = new List<(string, string)> { ("Accept", operation.Accept) };
        var cookies = new List<string>();
        foreach (var parameter in operation.Parameters)
        {
            if (!given.TryGetValue(parameter.Argument, out var value))
            {
                continue;
            }

            switch (parameter.In)
            {
                case ParameterPlace.Query:
                    foreach (var (name, text) in ParameterWriter.Fields(parameter, value, text => PercentEncoding.Encode(text, parameter.AllowReserved)))
                    {
                        query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(text);
                    }

                    break;
                case ParameterPlace.Header:
                    headers.Add((parameter.Name, Header(parameter, value)));
                    break;
                case ParameterPlace.Cookie:
                    cookies.AddRange(ParameterWriter.Fields(parameter, value, text => PercentEncoding.Encode(text)).Select(field => $"{field.Name}={field.Value}"));
                    break;
                default:
                    break;
            }
        }

        if (cookies.Count > 0)
        {
            headers.Add(("Cookie", string.Join("; ", cookies)));
        }

        return new WireRequest(operation.Method, path + query, headers, Body(operation, given, maxBodyBytes));
    }

    private static Dictionary<string, JsonElement> Read(PackOperation operation, JsonElement arguments)
    {
        var known = operation.Parameters.Select(p => (p.Argument, p.Required)).ToDictionary(p => p.Argument, p => p.Required, StringComparer.Ordinal);
        if (operation.Body is { } body)
        {
            known[body.Argument] = body.Required;
        }

        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                if (!known.ContainsKey(argument.Name))
                {
                    throw new BadArgumentException($"Argument '{argument.Name}' is not known. {Expected(known)}");
                }

                // A body of null is a body; anything else of null was left out.
                if (argument.Value.ValueKind != JsonValueKind.Null || argument.Name == operation.Body?.Argument)
                {
                    given[argument.Name] = argument.Value;
                }
            }
        }

        foreach (var (name, required) in known)
        {
            if (required && !given.ContainsKey(name))
            {
                throw new BadArgumentException($"Argument '{name}' is missing. {Expected(known)}");
            }
        }

        return given;
    }

    private static string Expected(Dictionary<string, bool> known) =>
        known.Count == 0 ? "This tool takes no arguments." : $"Expected: {string.Join(", ", known.Select(k => k.Value ? $"{k.Key} (required)" : k.Key))}.";

    private static string Path(PackOperation operation, Dictionary<string, JsonElement> given)
    {
        if (!PathTemplate.TryParse(operation.Path, out var template))
        {
            throw new InvalidPackException($"Path '{operation.Path}' is malformed.");
        }

        return template.Expand(name =>
        {
            var parameter = operation.Parameters.First(p => p.In == ParameterPlace.Path && p.Name == name);
            if (!given.TryGetValue(parameter.Argument, out var value))
            {
                throw new BadArgumentException($"Argument '{parameter.Argument}' is missing: it is part of the path.");
            }

            return ParameterWriter.Text(parameter, value, text =>
            {
                PathTemplate.CheckValue(parameter.Argument, text);
                return PercentEncoding.Encode(text);
            });
        });
    }

    private static string Header(PackParameter parameter, JsonElement value)
    {
        var text = ParameterWriter.Text(parameter, value, t => t);
        return HeaderText.IsValid(text)
            ? text.Trim()
            : throw new BadArgumentException($"Argument '{parameter.Argument}' becomes a header: only visible ASCII characters and spaces are possible.");
    }

    private static WireBody? Body(PackOperation operation, Dictionary<string, JsonElement> given, int maxBodyBytes)
    {
        if (operation.Body is not { } body || !given.TryGetValue(body.Argument, out var value))
        {
            return null;
        }

        var written = BodyWriter.Write(body, value);
        return written.Content.Length <= maxBodyBytes
            ? written
            : throw new BadArgumentException($"The body has {written.Content.Length} bytes; {maxBodyBytes} are allowed.");
    }
}
