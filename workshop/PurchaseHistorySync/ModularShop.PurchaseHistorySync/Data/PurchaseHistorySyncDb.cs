using Microsoft.EntityFrameworkCore;
using ModularShop.Kernel.Persistence;

namespace ModularShop.PurchaseHistorySync.Data;

/// <summary>The module's database. It has no tables of the module, because the module stores nothing.</summary>
public sealed class PurchaseHistorySyncDb(DbContextOptions<PurchaseHistorySyncDb> options) : ModuleDbContext(options);
