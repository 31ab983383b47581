using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModularShop.Kernel.Events;

/// <summary>The ids of events as they stand in files.</summary>
internal static class EventIds
{
    /// <summary>What is stored as the id; where that is none, one that is the same whenever the event is read.</summary>
    public static Guid At(long position, object stored) =>
        stored is string text && Guid.TryParse(text, out var id) ? id : InPlaceOf(stored, position);

    /// <summary>An id for an event that cannot have the one that is stored, as that is none or another event's.</summary>
    public static Guid InPlaceOf(object stored, long position)
    {
        var text = stored is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(stored, CultureInfo.InvariantCulture);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{position}:{text}"));
        return new Guid(hash.AsSpan(0, 16));
    }
}
