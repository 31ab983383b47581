using System.Reflection;
using MediatR;
using MediatR.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// MediatR in a module's container. What the module's author adds to it in <c>AddServices</c> works as in any application, or
/// the module does not start and says why.
/// </summary>
internal static class MediatorServices
{
    // Outermost first. They are around the unit of work: what an exception handler answers for is rolled back.
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

    // MediatR's own, which are put where they belong, if there is anything for them to run.
    private static readonly Type[] OfMediatR =
    [
        typeof(RequestExceptionActionProcessorBehavior<,>),
        typeof(RequestExceptionProcessorBehavior<,>),
        typeof(RequestPreProcessorBehavior<,>),
        typeof(RequestPostProcessorBehavior<,>),
    ];

    /// <summary>Adds the mediator, the kernel's behaviours, and what the module's assembly has of handlers and processors.</summary>
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

    /// <summary>Arranges what the module has added since.</summary>
    /// <exception cref="InvalidOperationException">Something of it would never run.</exception>
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

    // Subscriptions are opened for the reactions in the module's own assembly, by the type of their event.
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

    // The assembly was searched for them: one that the module adds as well would run twice.
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
