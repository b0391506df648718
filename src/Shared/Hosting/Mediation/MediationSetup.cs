using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Hosting.Mediation;

internal static class MediationSetup
{
    /// <summary>Registers one mediator over the handlers and validators of all modules, and the behaviours around them: validate, then transaction.</summary>
    public static void AddMediation(this IServiceCollection services, IEnumerable<Assembly> cores)
    {
        services.AddScoped<IMediator>(p => new Mediator(p.GetService!));
        services.AddScoped<ISender, Sender>();
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(TransactionBehavior<,>));
        foreach (var type in cores.SelectMany(c => c.GetTypes()).Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var service in type.GetInterfaces().Where(IsHandlerOrValidator))
            {
                services.AddScoped(service, type);
            }
        }
    }

    private static bool IsHandlerOrValidator(Type service) =>
        service.IsGenericType && service.GetGenericTypeDefinition() is var definition && (definition == typeof(IRequestHandler<,>) || definition == typeof(IValidator<>));
}
