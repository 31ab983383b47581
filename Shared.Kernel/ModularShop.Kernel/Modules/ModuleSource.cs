namespace ModularShop.Kernel.Modules;

/// <summary>
/// Where a process gets a module from. Each start of the module creates a new <see cref="Module"/> object, which belongs to that start
/// alone; everything else uses the <see cref="Descriptor"/>.
/// </summary>
public sealed class ModuleSource
{
    private readonly Func<Module> create;

    private ModuleSource(Func<Module> create)
    {
        this.create = create;
        Descriptor = ModuleDescriptor.Of(create());
    }

    public ModuleDescriptor Descriptor { get; }

    /// <summary>A module of this build.</summary>
    public static ModuleSource Of<TModule>()
        where TModule : Module, new() => new(() => new TModule());

    /// <summary>A module that needs more than a constructor without parameters.</summary>
    /// <param name="create">Called once for the descriptor, and at each start of the module.</param>
    public static ModuleSource Of(Func<Module> create) => new(create);

    internal Module Create() => create();
}
