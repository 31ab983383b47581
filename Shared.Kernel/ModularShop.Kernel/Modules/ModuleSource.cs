namespace ModularShop.Kernel.Modules;

/// <summary>
/// Where a process gets a module from. Each start of the module creates a new <see cref="Module"/> object, which belongs to that start
/// alone; everything else uses the <see cref="Descriptor"/>.
/// </summary>
public sealed class ModuleSource
{
    private readonly Func<Module> create;

    // Describing a module goes through the types of its assembly, which most commands of a command line do not need.
    private readonly Lazy<ModuleDescriptor> descriptor;

    private ModuleSource(Func<Module> create)
    {
        this.create = create;
        descriptor = new Lazy<ModuleDescriptor>(() => ModuleDescriptor.Of(create()));
    }

    /// <summary>Describes the module when it is first asked for.</summary>
    public ModuleDescriptor Descriptor => descriptor.Value;

    /// <summary>The simple name of the assembly that contains the module.</summary>
    public string AssemblyName
    {
        get => field ?? Descriptor.AssemblyName;
        private init;
    }

    /// <summary>A module of this build.</summary>
    public static ModuleSource Of<TModule>()
        where TModule : Module, new() => new(() => new TModule()) { AssemblyName = typeof(TModule).Assembly.GetName().Name! };

    /// <summary>A module that needs more than a constructor without parameters.</summary>
    /// <param name="create">Called once for the descriptor, and at each start of the module.</param>
    public static ModuleSource Of(Func<Module> create) => new(create);

    internal Module Create() => create();
}
