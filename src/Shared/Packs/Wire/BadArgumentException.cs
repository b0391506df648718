namespace McpPlatform.Packs.Wire;

/// <summary>
/// An argument cannot be put on the wire. The message goes to the model that chose it: which argument, what is wrong, what is expected. Never leaves
/// <see cref="Calls.PackCaller"/>.
/// </summary>
internal sealed class BadArgumentException(string message) : Exception(message);
