using McpPlatform.Kernel;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting.Mediation;

/// <summary>
/// Runs a command in one transaction of its module (chosen by the request's assembly) and commits it, with its audit rows and events, when the command
/// succeeded. A refusal or an exception leaves nothing behind. Queries (<see cref="IQuery"/>) run without.
/// </summary>
internal sealed class TransactionBehavior<TRequest, TResponse>(IServiceProvider services) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IResult<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var work = request is IQuery ? null : services.GetKeyedService<IUnitOfWork>(typeof(TRequest).Assembly);
        if (work is null)
        {
            return await next();
        }

        await work.Begin(cancellationToken);
        try
        {
            var response = await next();
            if (response.Error is not null)
            {
                await work.Rollback();
                return response;
            }

            return await work.Commit(cancellationToken) is { } error ? TResponse.Refuse(error) : response;
        }
        catch
        {
            await work.Rollback();
            throw;
        }
    }
}
