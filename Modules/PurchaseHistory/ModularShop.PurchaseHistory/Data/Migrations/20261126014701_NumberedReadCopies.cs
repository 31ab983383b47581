using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

#nullable disable

namespace ModularShop.PurchaseHistory.Data.Migrations
{
    /// <summary>
    /// Refers to customers, products and orders by numbers that are local to this file, and stores each id once: rows and indexes take
    /// less than half of the space, and writing them too. EF Core does not support WITHOUT ROWID, so this is SQL.
    /// </summary>
    internal partial class NumberedReadCopies : Migration
    {
        private static readonly string[] Tables = ["customers", "products", "purchases", "customer_products", "product_totals"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_customers_label", table: "customers");
            migrationBuilder.DropIndex(name: "IX_purchases_customer_id", table: "purchases");
            migrationBuilder.DropIndex(name: "IX_customer_products_product_id_quantity_bought", table: "customer_products");
            foreach (var table in Tables)
            {
                migrationBuilder.Sql($"ALTER TABLE {table} RENAME TO {table}_with_ids");
            }
            Create(migrationBuilder);
            migrationBuilder.CreateIndex(name: "IX_customers_customer_id", table: "customers", column: "customer_id", unique: true);
            migrationBuilder.CreateIndex(name: "IX_products_product_id", table: "products", column: "product_id", unique: true);
            migrationBuilder.CreateIndex(name: "IX_orders_order_id", table: "orders", column: "order_id", unique: true);
            Fill(migrationBuilder);
            foreach (var table in Tables)
            {
                migrationBuilder.Sql($"DROP TABLE {table}_with_ids");
            }
            migrationBuilder.CreateIndex(name: "IX_customers_label", table: "customers", column: "label");
            migrationBuilder.CreateIndex(
                name: "IX_orders_customer_sequence",
                table: "orders",
                column: "customer_sequence",
                filter: "customer_sequence IS NOT NULL"
            );
            migrationBuilder.CreateIndex(
                name: "IX_customer_products_product_sequence_quantity_bought",
                table: "customer_products",
                columns: new[] { "product_sequence", "quantity_bought" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new System.NotSupportedException("An older build cannot read these tables: restore a backup, or rebuild them.");

        private static void Create(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(
                """
                CREATE TABLE customers (
                    sequence    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    customer_id TEXT NOT NULL,
                    label       TEXT NOT NULL,
                    is_erased   INTEGER NOT NULL
                );
                CREATE TABLE products (
                    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    product_id TEXT NOT NULL,
                    sku        TEXT NOT NULL,
                    name       TEXT
                );
                CREATE TABLE orders (
                    sequence          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                    order_id          TEXT NOT NULL,
                    customer_sequence INTEGER,
                    currency          TEXT NOT NULL
                );
                CREATE TABLE purchases (
                    order_sequence   INTEGER NOT NULL,
                    product_sequence INTEGER NOT NULL,
                    quantity         INTEGER NOT NULL,
                    amount           INTEGER NOT NULL,
                    bought_at        INTEGER NOT NULL,
                    PRIMARY KEY (order_sequence, product_sequence)
                ) WITHOUT ROWID;
                CREATE TABLE customer_products (
                    customer_sequence INTEGER NOT NULL,
                    product_sequence  INTEGER NOT NULL,
                    currency          TEXT NOT NULL,
                    orders            INTEGER NOT NULL,
                    quantity_bought   INTEGER NOT NULL,
                    amount_bought     INTEGER NOT NULL,
                    quantity_returned INTEGER NOT NULL,
                    amount_returned   INTEGER NOT NULL,
                    last_bought       INTEGER,
                    PRIMARY KEY (customer_sequence, product_sequence, currency)
                ) WITHOUT ROWID;
                CREATE TABLE product_totals (
                    product_sequence  INTEGER NOT NULL,
                    currency          TEXT NOT NULL,
                    orders            INTEGER NOT NULL,
                    quantity_bought   INTEGER NOT NULL,
                    amount_bought     INTEGER NOT NULL,
                    quantity_returned INTEGER NOT NULL,
                    amount_returned   INTEGER NOT NULL,
                    PRIMARY KEY (product_sequence, currency)
                ) WITHOUT ROWID;
                """
            );

        private static void Fill(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(
                """
                INSERT INTO customers (customer_id, label, is_erased)
                SELECT customer_id, label, is_erased FROM customers_with_ids ORDER BY customer_id;

                INSERT INTO products (product_id, sku, name)
                SELECT product_id, sku, name FROM products_with_ids ORDER BY product_id;

                INSERT INTO orders (order_id, customer_sequence, currency)
                SELECT p.order_id, c.sequence, p.currency FROM purchases_with_ids p LEFT JOIN customers c ON c.customer_id = p.customer_id
                GROUP BY p.order_id ORDER BY p.order_id;

                INSERT INTO purchases
                SELECT o.sequence, b.sequence, p.quantity, p.amount, p.bought_at
                FROM purchases_with_ids p JOIN orders o ON o.order_id = p.order_id JOIN products b ON b.product_id = p.product_id;

                INSERT INTO customer_products
                SELECT c.sequence, b.sequence, r.currency, r.orders, r.quantity_bought, r.amount_bought, r.quantity_returned,
                    r.amount_returned, r.last_bought
                FROM customer_products_with_ids r JOIN customers c ON c.customer_id = r.customer_id JOIN products b ON b.product_id = r.product_id;

                INSERT INTO product_totals
                SELECT b.sequence, t.currency, t.orders, t.quantity_bought, t.amount_bought, t.quantity_returned, t.amount_returned
                FROM product_totals_with_ids t JOIN products b ON b.product_id = t.product_id;
                """
            );
    }
}
