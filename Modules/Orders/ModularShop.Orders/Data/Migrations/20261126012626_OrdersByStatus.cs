using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ModularShop.Orders.Data.Migrations
{
    /// <summary>
    /// An index that finds the few orders of a rare status without reading all others. The index of customers is created again, because
    /// SQLite takes the newer one of two indexes that seem equally good: a query for one customer's orders with a status must not read
    /// all orders with that status.
    /// </summary>
    internal partial class OrdersByStatus : Migration
    {
        private const string OfCustomer = "IX_orders_customer_id_placed_at_sequence";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_orders_status_placed_at_sequence",
                table: "orders",
                columns: new[] { "status", "placed_at", "sequence" }
            );
            migrationBuilder.DropIndex(name: OfCustomer, table: "orders");
            migrationBuilder.CreateIndex(name: OfCustomer, table: "orders", columns: new[] { "customer_id", "placed_at", "sequence" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_orders_status_placed_at_sequence", table: "orders");
        }
    }
}
