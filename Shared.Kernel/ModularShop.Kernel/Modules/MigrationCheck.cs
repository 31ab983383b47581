using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.Kernel.Modules;

/// <summary>Checks that a module's migrations create the tables of its model. Each message names the command that adds a migration.</summary>
internal static class MigrationCheck
{
    /// <summary>
    /// Checks that there is a migration at all. Runs at each start, before the file is opened: without its tables every event
    /// that the module reads would become a dead letter.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has tables, and there is no migration.</exception>
    public static void RequireAny(Module module)
    {
        // The usual start: without the cost of building the model.
        if (module.Migrations.Count > 0)
        {
            return;
        }
        using var db = module.ContextWithoutFile();
        var tables = db.Model.GetEntityTypes().Select(entity => entity.GetTableName()).OfType<string>().Distinct().ToList();
        if (tables.Count > 0)
        {
            throw new InvalidOperationException(
                $"Module '{module.Name}' has no migration that creates its tables ({string.Join(", ", tables)}). {Add(module, "Initial")}"
            );
        }
    }

    /// <summary>
    /// Checks that the migrations create the model as it is. This compares whole models, so it runs only when a file is migrated;
    /// the architecture tests run it for every module.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has changes that no migration makes.</exception>
    public static void RequireAll(Module module, ModuleDbContext db)
    {
        if (db.Database.HasPendingModelChanges())
        {
            throw new InvalidOperationException(
                $"The model of module '{module.Name}' has changes that no migration makes. {Add(module, "NameOfTheChange")}"
            );
        }
    }

    // The script takes the name of the module's folder.
    private static string Add(Module module, string migration) =>
        $"Add one: ./migration {module.Assembly.GetName().Name!.Split('.')[^1]} {migration}, and build again.";
}
