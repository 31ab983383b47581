using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ModularShop.Kernel.Persistence;

/// <summary>Lets <c>dotnet ef</c> build a module's context, which at run time the kernel does.</summary>
public abstract class DesignTimeFactory<TDb>(Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : ModuleDbContext
{
    public TDb CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TDb>().UseSqlite("Data Source=:memory:").Options);
}
