namespace McpPlatform.Messaging;

/// <summary>Makes a competing consumer's effect happen once per message. Registered per module, keyed by its name.</summary>
public interface IInbox
{
    /// <summary>
    /// Runs <paramref name="handle"/> and commits its changes together with the note that <paramref name="consumer"/> has seen the message. Does nothing
    /// when it had. When <paramref name="handle"/> throws, nothing is stored and the message comes again.
    /// </summary>
    Task Process(string consumer, Guid messageId, Func<Task> handle, CancellationToken cancellationToken);
}
