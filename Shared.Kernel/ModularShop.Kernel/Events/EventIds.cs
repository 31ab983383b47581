using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ModularShop.Kernel.Events;

/// <summary>The ids of events as files store them.</summary>
internal static class EventIds
{
    /// <summary>The stored id. If the stored value is not an id, returns a replacement that is the same on each read.</summary>
    public static Guid At(long position, object stored) =>
        stored is string text && Guid.TryParse(text, out var id) ? id : InPlaceOf(stored, position);

    /// <summary>A replacement for a stored id that is not valid or belongs to another event.</summary>
    public static Guid InPlaceOf(object stored, long position)
    {
        var text = stored is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(stored, CultureInfo.InvariantCulture);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{position}:{text}"));
        return new Guid(hash.AsSpan(0, 16));
    }
}
