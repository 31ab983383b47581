using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ModularShop.Kernel.Persistence;

/// <summary>Lets <c>dotnet ef</c> create a module's context. At run time the kernel creates it.</summary>
public abstract class DesignTimeFactory<TDb>(Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : ModuleDbContext
{
    public TDb CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TDb>().UseSqlite("Data Source=:memory:").Options);
}
