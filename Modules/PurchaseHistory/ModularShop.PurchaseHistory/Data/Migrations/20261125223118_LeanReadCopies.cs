using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

#nullable disable

namespace ModularShop.PurchaseHistory.Data.Migrations
{
    /// <summary>
    /// Reduces the cost of an order: rows are stored in their primary key (WITHOUT ROWID, which EF Core does not support), an unused
    /// index is removed, and another one is on the customer alone.
    /// </summary>
    internal partial class LeanReadCopies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_customer_products_customer_id_last_bought", table: "customer_products");
            migrationBuilder.DropIndex(name: "IX_customer_products_product_id_quantity_bought", table: "customer_products");
            migrationBuilder.DropIndex(name: "IX_purchases_customer_id_product_id_bought_at", table: "purchases");
            Rebuild(
                migrationBuilder,
                "customer_products",
                """
                customer_id       TEXT NOT NULL,
                product_id        TEXT NOT NULL,
                currency          TEXT NOT NULL,
                orders            INTEGER NOT NULL,
                quantity_bought   INTEGER NOT NULL,
                amount_bought     INTEGER NOT NULL,
                quantity_returned INTEGER NOT NULL,
                amount_returned   INTEGER NOT NULL,
                last_bought       INTEGER,
                PRIMARY KEY (customer_id, product_id, currency)
                """
            );
            Rebuild(
                migrationBuilder,
                "purchases",
                """
                order_id    TEXT NOT NULL,
                product_id  TEXT NOT NULL,
                customer_id TEXT,
                currency    TEXT NOT NULL,
                quantity    INTEGER NOT NULL,
                amount      INTEGER NOT NULL,
                bought_at   INTEGER NOT NULL,
                PRIMARY KEY (order_id, product_id)
                """
            );
            migrationBuilder.CreateIndex(
                name: "IX_customer_products_product_id_quantity_bought",
                table: "customer_products",
                columns: new[] { "product_id", "quantity_bought" }
            );
            migrationBuilder.CreateIndex(
                name: "IX_purchases_customer_id",
                table: "purchases",
                column: "customer_id",
                filter: "customer_id IS NOT NULL"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new System.NotSupportedException("An older build reads the tables as they are now; there is nothing to undo.");

        private static void Rebuild(MigrationBuilder migrationBuilder, string table, string columns)
        {
            migrationBuilder.Sql($"ALTER TABLE {table} RENAME TO {table}_with_rowid");
            migrationBuilder.Sql($"CREATE TABLE {table} ({columns}) WITHOUT ROWID");
            migrationBuilder.Sql($"INSERT INTO {table} SELECT * FROM {table}_with_rowid");
            migrationBuilder.Sql($"DROP TABLE {table}_with_rowid");
        }
    }
}
