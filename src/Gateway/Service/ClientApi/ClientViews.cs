using System.Text.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <param name="Server">Slug of the one server that it is for; left out = all that this key may use, by names {server}__{tool}.</param>
/// <param name="Name">What the client calls itself: servers are told.</param>
/// <param name="Set">Slug of a tool set that it is for, by the set's names, instead of a server.</param>
internal sealed record OpenClientBody(string? Server = null, string? Name = null, string? Set = null);

/// <param name="Id">For its requests, at any gateway. Only the same principal can use it.</param>
/// <param name="Server">Null = not of one server alone.</param>
/// <param name="IdleSeconds">It ends when it was not used for so long.</param>
/// <param name="Running">Requests under way.</param>
/// <param name="Set">Null = not of a tool set.</param>
internal sealed record ClientView(string Id, string? Server, string? Name, DateTimeOffset CreatedAt, long IdleSeconds, bool Running, string? Set);

/// <param name="Items">Those that live at the gateway that answers.</param>
/// <param name="NextCursor">Always null: there is one page.</param>
/// <param name="GatewayId">Of that gateway.</param>
internal sealed record ClientList(IReadOnlyList<ClientView> Items, string? NextCursor, string GatewayId);

/// <param name="Cursor">next_cursor of the page before.</param>
internal sealed record ListToolsBody(string? Cursor = null);

/// <param name="Items">Definitions as their servers give them.</param>
internal sealed record ToolPage(IReadOnlyList<JsonElement> Items, string? NextCursor);

/// <param name="Tool">Its name as the client's list has it.</param>
/// <param name="Arguments">An object.</param>
/// <param name="Context">Goes to the server beside the arguments, in _meta as com.mcpplatform/context.</param>
internal sealed record ExecuteToolBody(string Tool, JsonElement? Arguments = null, JsonElement? Context = null);

/// <param name="Result">As the tool answered: content, structuredContent, isError.</param>
/// <param name="IsError">The tool ran and says that it failed.</param>
internal sealed record ToolAnswer(string Server, string Tool, JsonElement Result, bool IsError, string RequestId);
