using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Envelopes for tests in which most of their fields do not matter.</summary>
internal static class Envelopes
{
    /// <param name="position">0 for an event that is not in a log yet.</param>
    public static Envelope At(long position, string payload = "{}", Guid? id = null) =>
        new(
            position,
            id ?? Guid.CreateVersion7(),
            "publisher",
            "publisher.happened",
            Version: 1,
            "key",
            DateTimeOffset.UnixEpoch,
            "correlation",
            CausationId: null,
            TraceParent: null,
            payload
        );
}
