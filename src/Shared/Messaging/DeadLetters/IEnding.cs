using MassTransit;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>What a bus does with a message that leaves its consumer unhandled.</summary>
internal interface IEnding
{
    /// <summary>It becomes a dead letter. Throws when it could not: the message then is not acknowledged.</summary>
    Task Park(ReceiveContext message, string queue, string kind, string reason);

    /// <summary>It is for later: whoever held it could not handle it now.</summary>
    Task GiveBack(ReceiveContext message, string queue, Exception reason);
}

/// <summary>Stands in for MassTransit's error queue: after the last try.</summary>
internal sealed class FaultedFilter(IEnding ending, string queue) : IFilter<ExceptionReceiveContext>
{
    public void Probe(ProbeContext context) => context.CreateFilterScope("park");

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is GivenBackException given)
        {
            await ending.GiveBack(context, queue, given);
        }
        else
        {
            await ending.Park(context, queue, Kind(context.Exception), FaultText.Of(context.Exception));
        }

        await next.Send(context);
    }

    private static string Kind(Exception exception) => exception switch
    {
        MessageTooLargeException => DeadLetterKind.TooLarge,
        System.Runtime.Serialization.SerializationException => DeadLetterKind.Undecodable,
        _ => DeadLetterKind.Faulted,
    };
}

/// <summary>Stands in for MassTransit's queue of skipped messages: no consumer takes this type.</summary>
internal sealed class SkippedFilter(IEnding ending, string queue) : IFilter<ReceiveContext>
{
    public void Probe(ProbeContext context) => context.CreateFilterScope("park-skipped");

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await ending.Park(context, queue, DeadLetterKind.UnknownType, "No consumer of this queue takes a message of this type.");
        await next.Send(context);
    }
}
