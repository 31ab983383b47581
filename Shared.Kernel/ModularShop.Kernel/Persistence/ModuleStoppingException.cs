namespace ModularShop.Kernel.Persistence;

/// <summary>The module is stopping and accepts no more units of work.</summary>
public sealed class ModuleStoppingException() : Exception("The module is stopping.");
