namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What is to come of a behaviour of <c>hostile_upstream.py</c>.</summary>
/// <param name="Why">The reason, for whoever wants to change the expectation.</param>
public sealed record HostileCase(string Behaviour, HostileEnd End, string Why);

/// <summary>How a call to a hostile upstream, or a look at it, ends.</summary>
public abstract record HostileEnd;

/// <summary>The caller gets a result with this in it, and none of those anywhere in body or headers.</summary>
public sealed record Answered(string With, params string[] Without) : HostileEnd;

/// <summary>The caller gets an error: HTTP status, <c>data.code</c>, and the timer when one ran out.</summary>
public sealed record Refused(int Status, string Code, string? Timer = null) : HostileEnd;

/// <summary>The server is listed as unhealthy with this in the reason, and has no tools.</summary>
public sealed record Unlisted(string Because) : HostileEnd;

/// <summary>The server is listed as healthy with these tools alone, and says what is left out.</summary>
public sealed record Partly(params string[] Tools) : HostileEnd;

/// <summary>Of three looks in a row one is good; the others are on show with their reasons.</summary>
public sealed record Flapping(params string[] Because) : HostileEnd;

/// <summary>Every behaviour, and what is to come of it.</summary>
internal static class HostileTable
{
    /// <summary>Sent to every hostile upstream; must never come back.</summary>
    public const string Credential = "planted-hostile-credential-0123456789";

    public static readonly object Timeouts = new { headers_ms = 1500, first_byte_ms = 1500, idle_ms = 700, total_ms = 3000 };

    private static readonly Refused NoProtocol = new(502, "upstream.protocol_error");
    private static readonly Refused TooLarge = new(502, "upstream.too_large");
    private static readonly Refused Closed = new(502, "upstream.closed");
    private static readonly Refused Status = new(502, "upstream.http_status");
    private static readonly Unlisted Unauthorized = new("unauthorized");

    public static readonly IReadOnlyList<HostileCase> All =
    [
        // Silence and time.
        new("accept-silent", new Unlisted("timeout"), "A server that never answers is found out by the timer of the head, and has nothing to be called."),
        new("headers-then-silent", new Unlisted("timeout"), "A head is no answer; the silence after it has a timer of its own."),
        new("slow-drip", new Refused(504, "upstream.timeout", "idle"), "A byte a second is slower than the silence this server is allowed."),
        new("sse-infinite", new Refused(504, "upstream.timeout", "total"), "Progress without end is a sign of life and no answer: the total ends it, or the bound in bytes when it is faster."),
        new("sse-infinite-comments", new Refused(504, "upstream.timeout", "total"), "Comments are signs of life, so only the total ends it."),
        new("gzip-bomb", NoProtocol, "Nobody asked for compression, so nothing is unpacked: what came is no JSON."),

        // Too much.
        new("sse-no-newline", TooLarge, "A line is bounded while it grows, not when it ends."),
        new("sse-huge-event", TooLarge, "An event of many lines is bounded as a whole."),
        new("sse-many-tiny", NoProtocol, "An event that is no JSON-RPC message ends the call at the first one."),
        new("json-huge", TooLarge, "A gigabyte in chunks is cut off at the bound; nothing announced its size."),
        new("json-deep", NoProtocol, "Depth is bounded by the parser, which does not recurse."),
        new("1xx-flood", TooLarge, "Interim answers count as headers."),
        new("headers-huge", TooLarge, "A megabyte of headers is beyond any honest server."),

        // Broken.
        new("json-garbage", NoProtocol, "Not JSON; the text itself is not passed on."),
        new("json-html", NoProtocol, "A login page is no answer."),
        new("json-truncated", Closed, "The connection ended before the announced length."),
        new("json-dup", NoProtocol, "Two members of one name in the envelope: readers would disagree on which counts."),
        new("content-type-lie", NoProtocol, "Labelled JSON, is an event stream; nobody guesses."),
        new("chunked-bad", Closed, "The chunk's length is no number, so where the answer ends is unknown."),
        new("cl-mismatch", new Answered("hello"), "The announced length holds; what follows is not read and the connection not used again."),
        new("early-close-keepalive", new Answered("\"x\""), "A complete answer counts, whatever happens to the connection afterwards."),
        new("status-204", NoProtocol, "No content is no answer to a request."),
        new("status-600", Status, "A status that does not exist is passed on as what it is: no answer."),
        new("sse-invalid-utf8", NoProtocol, "JSON is UTF-8; a stream that is not cannot be trusted about the rest."),

        // Lies.
        new("wrong-id", NoProtocol, "An answer to another request is none to this one."),
        new("foreign-id", NoProtocol, "The same with the next number: another caller's answer must never cross over."),
        new("dup-response", new Answered("hello", "second"), "The first answer counts; the second one meets nobody."),
        new("two-responses", new Answered("hello", "QUEUE-POISON"), "An answer nobody asked for spoils the connection; the next request must not get it."),
        new("result-and-error", NoProtocol, "Both at once is neither."),
        new("server-request", new Answered("hello", "sampling"), "A question of the server is declined, since the caller cannot answer it; the answer comes all the same."),
        new("sse-crlf-mix", new Answered("end"), "Byte order mark, comments and every line end are legal in an event stream."),
        new("sse-event-injection", new Answered("event: x", "\nevent: x"), "Line ends inside a string stay escaped: no event of the server's becomes one of the gateway's."),
        new("retry-storm", Status, "503 to a tool that is not marked as repeatable: one attempt, the storm does not happen."),
        new("retry-after-huge", new Refused(503, "upstream.rate_limited"), "Thirty years is not waited for, and callers are told an hour at most."),

        // Headers and addresses.
        new("headers-crlf", new Answered("hello", "X-Injected"), "Headers of an upstream reach nobody."),
        new("hop-headers", new Answered("hello", "evil", "spoofed", "a=b"), "The same: no cookie, no CORS, no server name, no request id."),
        new("session-echo", new Answered("hello", "up-1"), "The session with the server is the gateway's; a caller's session is another."),
        new("redirect-meta", Status, "Redirects are not followed, least of all to a cloud's credentials."),
        new("redirect-other-origin", Status, "Nor to another origin, which would get the credential."),
        new("redirect-loop", Status, "Nor to itself."),
        new("401-metadata-ssrf", Unauthorized, "The address in the challenge is not visited."),
        new("401-authz-endpoint-cmd", Unauthorized, "Nor is it opened by anything."),
        new("401-as-loop", Unauthorized, "Nor are a thousand of them."),
        new("401-scope-creep", Unauthorized, "Nobody asks for more scope because a server says so."),

        // What stands in a result is the caller's to judge; what is the platform's own stays here.
        new("token-echo", new Answered("your headers", Credential), "The credential that the platform sent is overwritten wherever it comes back."),
        new("resulttype-unknown", new Answered("pwned"), "Bytes pass through: what a later revision adds is between server and caller."),
        new("result-injection", new Answered("Ignore previous instructions"), "Text is data; a rule on content is the policy's business."),
        new("result-exfil-image", new Answered("SECRET"), "Passed on and never fetched: the lure stays empty."),
        new("result-resource-link", new Answered("file:///etc/passwd"), "A link is passed on and never read by the gateway."),
        new("result-schema-violation", new Answered("not-a-number"), "The caller has the schema and checks it; the gateway would have to parse every answer."),
        new("result-secret", new Answered("AKIAABCDEFGHIJKLMNOP"), "The caller may see what its tool returns; records show it redacted."),
        new("sampling-abuse", new Answered("input_required"), "A question to the user goes to the caller's client, which asks its user or does not."),

        // Definitions.
        new("tool-poison", new Answered("hello"), "Definitions are shown as they are where nobody asked for quarantine; what is suspicious is flagged, and every change is on record."),
        new("tool-shadow", new Answered("hello"), "Names carry the server's name, so nobody's tool is shadowed."),
        new("tool-rugpull-desc", new Answered("hello"), "A changed definition is on record (changes of the server); under quarantine it is withheld."),
        new("tool-rugpull-schema", new Answered("hello"), "The same."),
        new("tool-rugpull-annotation", new Answered("hello"), "The same; a call is repeated by what the list said when it was made."),
        new("tool-rugpull-flip", new Answered("hello"), "The same, at every look."),
        new("tool-schema-ref", new Answered("hello"), "Schemas are never resolved: the lure stays empty."),
        new("tool-schema-bomb", new Answered("hello"), "Schemas are never expanded."),
        new("tool-xmcpheader", new Answered("hello"), "A tool whose annotation cannot be a header is left out; the one beside it is called."),
        new("tool-shadow-unicode", new Partly("Echo"), "A name that only looks like another one is left out, and says so; the others are worth having."),
        new("tool-name-illegal", new Partly("dup", "good_one"), "No name, or one that cannot be shown: what would be called is unknown. Of a name that is there twice the first one counts. It costs nobody the rest."),
        new("tool-10k", new Unlisted("too_large"), "More tools than any agent can use; the bound is in the message."),
        new("tool-cursor-loop", new Unlisted("protocol_error"), "Pages that repeat end the reading of the list."),
        new("list-empty-flap", new Flapping("http_status"), "A failed look is a fault that shows and does not stick. That one of its eras lists nothing while the other lists its tools does not take those away."),
    ];

    /// <summary>Behaviours of model providers: the model gateway is not built yet.</summary>
    public static readonly IReadOnlyList<string> OfModels =
    [
        "mid-stream-hang", "mid-stream-rst", "mid-stream-fin", "llm-done-then-more", "llm-stream-json", "llm-500", "llm-usage-lie", "llm-tool-inject", "llm-cl-lie",
    ];

    public static HostileCase Of(string behaviour) => All.Single(c => c.Behaviour == behaviour);
}
