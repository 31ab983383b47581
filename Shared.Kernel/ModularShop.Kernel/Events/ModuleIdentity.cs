namespace ModularShop.Kernel.Events;

/// <summary>The module that a container belongs to: what events and subscriptions need to know of it.</summary>
internal sealed record ModuleIdentity(string Name, StartFrom StartFrom = StartFrom.Beginning);
