using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Hosting.Mediation;

/// <summary>Refuses a request whose shape is wrong with <c>request.invalid</c> and one detail per field, before any handler sees it.</summary>
internal sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IResult<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var details = new List<ErrorDetail>();
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            details.AddRange(result.Errors.Select(e => new ErrorDetail(FieldNames.Of(e.PropertyName), e.ErrorMessage)));
        }

        return details.Count == 0
            ? await next()
            : TResponse.Refuse(Error.Invalid("request.invalid", "The request breaks a rule; see details for each field.", details));
    }
}
