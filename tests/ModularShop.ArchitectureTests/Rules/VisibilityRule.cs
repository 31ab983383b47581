using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

namespace ModularShop.ArchitectureTests.Rules;

/// <summary>
/// All types of a module are internal except its module class, and its DbContext, which the base type of the module class makes public.
/// The sets of the DbContext are internal.
/// </summary>
internal static class VisibilityRule
{
    public static IReadOnlyList<string> Violations(IReadOnlyList<Type> types)
    {
        var visible = types.Where(type => type.IsVisible).ToList();
        return
        [
            .. visible
                .Where(type => !Shop.IsModule(type) && !type.IsSubclassOf(typeof(ModuleDbContext)))
                .Select(type => $"{type.Name} is public{Cure(type)}"),
            .. visible
                .Where(type => type.IsSubclassOf(typeof(ModuleDbContext)))
                .SelectMany(type => type.GetProperties())
                .Where(property =>
                    property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(DbSet<>)
                )
                .Select(property => $"{property.DeclaringType!.Name}.{property.Name} is public"),
            .. visible.Count(Shop.IsModule) == 1 ? (string[])[] : [$"{visible.Count(Shop.IsModule)} public module classes, not one"],
        ];
    }

    // The file of a migration has the migration's id, which its class does not tell.
    private static string Cure(Type type)
    {
        var file = type.GetCustomAttribute<MigrationAttribute>()?.Id ?? (type.IsSubclassOf(typeof(ModelSnapshot)) ? type.Name : null);
        var folder = type.Namespace![(Shop.NameOf(type.Assembly).Length + 1)..].Replace('.', '/');
        return file is null ? "" : $": write internal before its class in {folder}/{file}.cs, as ./migration does";
    }
}
