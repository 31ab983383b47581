using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ModularShop.Orders.Data.Migrations
{
    /// <summary>
    /// Finds the few orders of a rare status without reading all others. The index of customers is made anew because SQLite,
    /// of two that seem as good, takes the newer: who asks for a customer's orders of a status is not to read all of that status.
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
