using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Persistence;

/// <summary>
/// The base class of a module's <see cref="DbContext"/>. Names are snake_case in the file. A <see cref="DateTimeOffset"/> is stored as
/// milliseconds since 1970 (UTC), and a <see cref="decimal"/> as an integer number of ten-thousandths, so that SQL compares, sorts and
/// adds them exactly.
/// </summary>
public abstract class ModuleDbContext(DbContextOptions options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<DateTimeOffset>().HaveConversion<UtcMillisecondsConverter>();
        configuration.Properties<decimal>().HaveConversion<ExactDecimalConverter>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(SnakeCase(entity.GetTableName() ?? entity.ShortName()));
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.Name));
            }
        }
    }

    private static string SnakeCase(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
            {
                snake.Append('_');
            }
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }
}

internal sealed class UtcMillisecondsConverter()
    : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
    );

internal sealed class ExactDecimalConverter()
    : ValueConverter<decimal, long>(amount => ExactDecimal.ToStored(amount), stored => ExactDecimal.FromStored(stored));
