using Microsoft.EntityFrameworkCore;
using ModularShop.Benchmarks.Orders.EfCore;

namespace ModularShop.Benchmarks.Orders.WolverineFx;

/// <summary>The tables of the shop's <c>orders.db</c>. Wolverine adds its own to the model.</summary>
internal sealed class WolverineOrdersDb(DbContextOptions<WolverineOrdersDb> options) : OrdersDb(options);
