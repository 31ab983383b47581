namespace ModularShop.Kernel.Events;

/// <summary>The module that a container belongs to, as its events and subscriptions need it.</summary>
internal sealed record ModuleIdentity(string Name, StartFrom StartFrom = StartFrom.Beginning);
