using System.Reflection;
using MediatR;
using MediatR.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Configures MediatR in a module's container. What the module registers in <c>AddServices</c> works as in any application; if
/// something cannot work, the module does not start and reports why.
/// </summary>
internal static class MediatorServices
{
    // Outermost first. These behaviours are outside the unit of work: if an exception handler provides the answer, the unit is rolled
    // back.
    private static readonly (Type Behavior, Type Service)[] AroundTheUnit =
    [
        (typeof(ExceptionActionsBehavior<,>), typeof(IRequestExceptionAction<,>)),
        (typeof(ExceptionHandlersBehavior<,>), typeof(IRequestExceptionHandler<,,>)),
    ];

    private static readonly (Type Behavior, Type Service)[] AroundTheHandler =
    [
        (typeof(RequestPreProcessorBehavior<,>), typeof(IRequestPreProcessor<>)),
        (typeof(RequestPostProcessorBehavior<,>), typeof(IRequestPostProcessor<,>)),
    ];

    // MediatR's own behaviours, which are moved to the right place, and only if there is something for them to run.
    private static readonly Type[] OfMediatR =
    [
        typeof(RequestExceptionActionProcessorBehavior<,>),
        typeof(RequestExceptionProcessorBehavior<,>),
        typeof(RequestPreProcessorBehavior<,>),
        typeof(RequestPostProcessorBehavior<,>),
    ];

    /// <summary>Adds the mediator, the kernel's behaviours, and the handlers and processors of the module's assembly.</summary>
    public static void Add(IServiceCollection services, Assembly assembly) =>
        services.AddMediatR(mediatR =>
        {
            mediatR.RegisterServicesFromAssembly(assembly);
            mediatR.AutoRegisterRequestProcessors = true;
            mediatR.MediatorImplementationType = typeof(ModuleMediator);
            mediatR.AddOpenBehavior(typeof(TracingBehavior<,>));
            mediatR.AddOpenBehavior(typeof(ValidationBehavior<,>));
            mediatR.AddOpenBehavior(typeof(UnitOfWorkBehavior<,>));
            mediatR.AddOpenBehavior(typeof(QueryBehavior<,>));
            mediatR.AddOpenBehavior(typeof(OwnBehaviors<,>));
            mediatR.AddOpenStreamBehavior(typeof(StreamTracingBehavior<,>));
            mediatR.AddOpenStreamBehavior(typeof(StreamValidationBehavior<,>));
        });

    /// <summary>Adjusts the registrations that the module has added.</summary>
    /// <exception cref="InvalidOperationException">A registration would never run.</exception>
    public static void Complete(IServiceCollection services, HandledEvents handled)
    {
        RefuseOtherMediators(services);
        RefuseReactionsWithoutSubscription(services, handled);
        DropRepeats(services);
        var own = TakeOwnBehaviors(services);
        foreach (var (behavior, service) in AroundTheUnit.Reverse())
        {
            if (services.Any(descriptor => IsOf(descriptor, service)))
            {
                services.Insert(0, ServiceDescriptor.Transient(typeof(IPipelineBehavior<,>), behavior));
            }
        }
        foreach (var (behavior, service) in AroundTheHandler)
        {
            if (services.Any(descriptor => IsOf(descriptor, service)))
            {
                services.AddKeyedTransient(typeof(IPipelineBehavior<,>), OwnBehaviors.Key, behavior);
            }
        }
        foreach (var behavior in own)
        {
            services.Add(Keyed(behavior));
        }
    }

    private static void RefuseOtherMediators(IServiceCollection services)
    {
        if (
            services.Count(descriptor => descriptor is { IsKeyedService: false } && descriptor.ServiceType == typeof(IMediator)) > 1
            || services.Count(descriptor => descriptor is { IsKeyedService: false } && descriptor.ServiceType == typeof(IPublisher)) > 1
        )
        {
            throw new InvalidOperationException(
                "The module replaces MediatR's IMediator or IPublisher. Its events would not reach its log: leave both as they are."
            );
        }
    }

    // Subscriptions exist only for reactions in the module's own assembly, by the type of their event.
    private static void RefuseReactionsWithoutSubscription(IServiceCollection services, HandledEvents handled)
    {
        foreach (var handler in services.Where(descriptor => IsOf(descriptor, typeof(INotificationHandler<>))))
        {
            var notification = handler.ServiceType.GenericTypeArguments.FirstOrDefault();
            if (notification == typeof(IntegrationEvent))
            {
                throw new InvalidOperationException(
                    $"{NameOf(handler)} handles IntegrationEvent. A reaction names the event that it reacts to, so that its module subscribes to it."
                );
            }
            if (notification?.IsSubclassOf(typeof(IntegrationEvent)) is true && handled.Types.All(type => type.Clr != notification))
            {
                throw new InvalidOperationException(
                    $"{NameOf(handler)} handles '{EventType.Of(notification).Name}', and would never be called: a module reacts to other "
                        + "modules' events by handlers in its own assembly."
                );
            }
        }
    }

    // The assembly scan has registered these already. One that the module registers as well would run twice.
    private static void DropRepeats(IServiceCollection services)
    {
        var seen = new HashSet<(Type, Type)>();
        for (var i = 0; i < services.Count; i++)
        {
            var descriptor = services[i];
            if (
                IsOf(
                    descriptor,
                    typeof(INotificationHandler<>),
                    typeof(IRequestPreProcessor<>),
                    typeof(IRequestPostProcessor<,>),
                    typeof(IRequestExceptionAction<,>),
                    typeof(IRequestExceptionHandler<,,>)
                )
                && descriptor.ImplementationType is { } implementation
                && !seen.Add((descriptor.ServiceType, implementation))
            )
            {
                services.RemoveAt(i--);
            }
        }
    }

    private static List<ServiceDescriptor> TakeOwnBehaviors(IServiceCollection services)
    {
        var kernel = typeof(OwnBehaviors).Assembly;
        var others = services
            .Where(descriptor => IsOf(descriptor, typeof(IPipelineBehavior<,>)) && descriptor.ImplementationType?.Assembly != kernel)
            .ToList();
        others.ForEach(behavior => services.Remove(behavior));
        return others.FindAll(behavior =>
            behavior.ImplementationType is not { IsGenericType: true } type || !OfMediatR.Contains(type.GetGenericTypeDefinition())
        );
    }

    private static ServiceDescriptor Keyed(ServiceDescriptor behavior) =>
        behavior switch
        {
            { ImplementationInstance: { } instance } => new(behavior.ServiceType, OwnBehaviors.Key, instance),
            { ImplementationFactory: { } make } => new(
                behavior.ServiceType,
                OwnBehaviors.Key,
                (services, _) => make(services),
                behavior.Lifetime
            ),
            _ => new(behavior.ServiceType, OwnBehaviors.Key, behavior.ImplementationType!, behavior.Lifetime),
        };

    private static bool IsOf(ServiceDescriptor descriptor, params ReadOnlySpan<Type> openTypes)
    {
        if (descriptor.IsKeyedService || !descriptor.ServiceType.IsGenericType)
        {
            return false;
        }
        return openTypes.Contains(descriptor.ServiceType.GetGenericTypeDefinition());
    }

    private static string NameOf(ServiceDescriptor handler) =>
        (handler.ImplementationType ?? handler.ImplementationInstance?.GetType())?.Name ?? "A handler that the module registers";
}
