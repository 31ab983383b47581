using System.Reflection;
using ModularShop.Kernel.Events;

namespace ModularShop.Kernel.Requests;

/// <summary>
/// Names the read copies that a command decides on. While one of them is being filled, or is behind its source by more than
/// <c>Kernel:Delivery:MaxStaleness</c>, the command waits for a short time and is then answered with 503 and <c>Retry-After</c>. While
/// the source does not run, the command decides on the copy as it is.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DecidesOnAttribute(params string[] readCopies) : Attribute
{
    /// <summary>The names of read copies that the module declares. The module does not start if one is unknown.</summary>
    public IReadOnlyList<string> ReadCopies => readCopies;

    /// <exception cref="InvalidOperationException">A command decides on a read copy that the module does not declare.</exception>
    internal static void Check(Assembly assembly, string module, ReadCopies declared)
    {
        foreach (var type in assembly.DefinedTypes)
        {
            var named = type.GetCustomAttribute<DecidesOnAttribute>()?.ReadCopies ?? [];
            if (named.FirstOrDefault(name => declared.All.All(copy => copy.Name != name)) is { } missing)
            {
                throw new InvalidOperationException(
                    $"{type.DeclaringType?.Name ?? type.Name} decides on the read copy '{missing}', which module '{module}' does not declare."
                );
            }
        }
    }
}
