namespace ModularShop.Kernel;

/// <summary>
/// The stable name of an event on disk and on the wire, <c>module.what-happened</c>, and the version of its fields. The part before the
/// dot is the publishing module. The CLR type can be renamed; this name cannot. Versions count from 1. Within a version, only a field
/// that is nullable or has a default may be added; any other change needs a new version.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventNameAttribute(string name, int version) : Attribute
{
    public string Name { get; } = name;

    public int Version { get; } = version;
}
