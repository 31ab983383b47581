using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

#nullable disable

namespace ModularShop.Orders.Data.Migrations
{
    /// <summary>
    /// Marks the orders and returns whose customer was erased, to tell them from those of guests. For existing rows this is not
    /// known: if any customer was erased, all rows without a customer are marked.
    /// </summary>
    internal partial class ForgottenCustomers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var table in new[] { "orders", "returns" })
            {
                migrationBuilder.AddColumn<bool>(
                    name: "forgot_customer",
                    table: table,
                    type: "INTEGER",
                    nullable: false,
                    defaultValue: false
                );
                migrationBuilder.Sql(
                    $"UPDATE {table} SET forgot_customer = 1 WHERE customer_id IS NULL AND EXISTS (SELECT 1 FROM erased_customers)"
                );
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "forgot_customer", table: "orders");
            migrationBuilder.DropColumn(name: "forgot_customer", table: "returns");
        }
    }
}
