namespace ModularShop.Kernel;

/// <summary>
/// The stable name of an event on disk and on the wire, <c>module.what-happened</c>, and the version of its shape.
/// The part before the dot is the publishing module. Renaming the CLR type changes nothing; changing this does.
/// Another shape is another version, counted from 1: only a nullable field, or one with a default, may be added to one.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventNameAttribute(string name, int version) : Attribute
{
    public string Name { get; } = name;

    public int Version { get; } = version;
}
