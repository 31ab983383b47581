using System.Reflection;
using Module = ModularShop.Kernel.Modules.Module;

namespace ModularShop.ArchitectureTests;

/// <summary>
/// All built assemblies: each <c>ModularShop.*.dll</c> beside the tests, so that new modules are included automatically.
/// </summary>
internal static class Shop
{
    public const string Root = "ModularShop";

    private static readonly Assembly[] All =
    [
        .. Directory
            .EnumerateFiles(AppContext.BaseDirectory, $"{Root}.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !name.EndsWith("Tests", StringComparison.Ordinal) && name != $"{Root}.Testing")
            .Order(StringComparer.Ordinal)
            .Select(Assembly.Load),
    ];

    public static IReadOnlyList<Assembly> Kernel { get; } =
    [.. All.Where(assembly => NameOf(assembly).StartsWith($"{Root}.Kernel", StringComparison.Ordinal))];

    public static IReadOnlyList<Assembly> Contracts { get; } =
    [.. All.Except(Kernel).Where(assembly => NameOf(assembly).EndsWith(".Contracts", StringComparison.Ordinal))];

    /// <summary>The modules themselves, without their contracts.</summary>
    public static IReadOnlyList<Assembly> Modules { get; } = [.. All.Except(Kernel).Except(Contracts)];

    /// <summary>The names of all modules as in code, for example <c>PurchaseHistory</c>.</summary>
    public static IReadOnlyList<string> ModuleNames { get; } =
    [.. Modules.Concat(Contracts).Select(assembly => NameOf(assembly).Split('.')[1]).Distinct()];

    /// <summary>The root folder of the sources.</summary>
    public static string Folder { get; } = FindFolder();

    public static string NameOf(Assembly assembly) => assembly.GetName().Name!;

    public static bool IsModule(Type type) => type.IsSubclassOf(typeof(Module));

    /// <summary>One test case for each assembly, with its short name.</summary>
    public static IEnumerable<TestCaseData> CasesOf(IEnumerable<Assembly> assemblies) =>
        assemblies.Select(assembly => new TestCaseData(assembly).SetArgDisplayNames(NameOf(assembly)));

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ModularShop.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie within the sources.");
        }
        return folder.FullName;
    }
}
