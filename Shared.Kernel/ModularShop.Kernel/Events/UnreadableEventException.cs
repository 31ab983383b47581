namespace ModularShop.Kernel.Events;

/// <summary>The subscriber's build cannot read an event. Another attempt with the same build would fail in the same way.</summary>
internal sealed class UnreadableEventException(string message, Exception? cause = null) : Exception(message, cause);
