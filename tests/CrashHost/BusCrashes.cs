using MassTransit;
using McpPlatform.Contracts;

namespace McpPlatform.CrashHost;

/// <summary>The places at the bus: around the publishing, and before the message reaches inbox and consumer.</summary>
internal sealed class BusCrashes(CrashPoint point) : IPublishObserver, IConsumeObserver
{
    private volatile bool _published;

    /// <summary>The broker has confirmed the event.</summary>
    public bool IsPublished => _published;

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Reach(context.Message, CrashPoint.BeforePublish);

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class
    {
        _published |= IsOurs(context.Message);
        return Reach(context.Message, CrashPoint.AfterPublish);
    }

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreConsume<T>(ConsumeContext<T> context)
        where T : class => Reach(context.Message, CrashPoint.BeforeConsume);

    public Task PostConsume<T>(ConsumeContext<T> context)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private bool IsOurs(object message) => message is IIntegrationEvent { EventId: var id } && point.IsOf(id);

    private Task Reach(object message, string place)
    {
        if (IsOurs(message))
        {
            point.Reach(place);
        }

        return Task.CompletedTask;
    }
}
