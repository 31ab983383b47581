namespace ModularShop.Kernel.Events;

/// <summary>The subscriber's build cannot read an event: another attempt of the same build would end alike.</summary>
internal sealed class UnreadableEventException(string message, Exception? cause = null) : Exception(message, cause);
