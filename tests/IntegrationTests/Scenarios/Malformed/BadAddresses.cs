using McpPlatform.UnitTests.Trust;

namespace McpPlatform.IntegrationTests.Scenarios.Malformed;

/// <summary>Every address of the management API with names that nothing has, with parameters that make no sense, and with bodies that are none.</summary>
internal static class BadAddresses
{
    private static readonly string[] Segments = ["%00", "%FF%FE", "%ED%A0%80", "%252e%252e", "a%2Fb", "%0d%0aX-Injected:%201", "%20", "*", "%F0%9F%98%80", new string('a', 3000), "-1", "99999999999999999999"];

    private static readonly string[] Parameters = ["limit", "cursor", "q", "tag", "transport", "health", "server", "tool", "from", "to", "status", "group_by", "include_revoked", "min_duration_ms", "request_id", "queue", "state"];

    private static readonly string[] Texts = ["%00", "%FF%FE", "%ED%A0%80", "-1", "0", "1e9", "99999999999999999999", "", "'%20OR%201=1--", "%0d%0aX-Injected:%201", "AAAA", new string('a', 3000)];

    private static readonly string[] Bodies = ["null", "[]", "1", "\"\"", "{", "{}{}", "[[[[", "{\"\\ud800\":\"\\ud800\"}", "true", "{\"a\":1,\"a\":2}", "{\"\":null}", ""];

    public static IEnumerable<BadRequest> All() => RouteTable.All
        .Where(r => r.Method != "OPTIONS" && (r.Pattern.StartsWith("/api/v1/", StringComparison.Ordinal) || r.Pattern.StartsWith("/v1/", StringComparison.Ordinal))).SelectMany(Of);

    private static IEnumerable<BadRequest> Of(ReviewedRoute route)
    {
        var parts = route.Pattern.Split('/');
        foreach (var name in parts.Where(p => p.StartsWith('{')))
        {
            foreach (var segment in Segments)
            {
                yield return Request(route, string.Join('/', parts.Select(p => p == name ? segment : p.StartsWith('{') ? "none" : p)), route.Method is "POST" or "PUT" or "PATCH" ? "{}" : null);
            }
        }

        var plain = string.Join('/', parts.Select(p => p.StartsWith('{') ? "00000000-0000-7000-8000-000000000009" : p));
        if (route.Method == "GET")
        {
            // A third of the texts for each parameter, so that over all addresses each meets each.
            var turn = route.Pattern.Length;
            foreach (var parameter in Parameters)
            {
                turn++;
                foreach (var text in Texts.Where((_, i) => (i + turn) % 3 == 0))
                {
                    yield return Request(route, $"{plain}?{parameter}={text}", null);
                }
            }
        }
        else
        {
            foreach (var body in Bodies)
            {
                yield return Request(route, plain, body);
            }
        }
    }

    private static BadRequest Request(ReviewedRoute route, string path, string? body) => new($"{route.Method} {path} {body}", route.Method, path, body, []);
}
