using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ModularShop.PurchaseHistory.Data.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "customer_products",
                columns: table => new
                {
                    customer_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    orders = table.Column<long>(type: "INTEGER", nullable: false),
                    quantity_bought = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_bought = table.Column<long>(type: "INTEGER", nullable: false),
                    quantity_returned = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_returned = table.Column<long>(type: "INTEGER", nullable: false),
                    last_bought = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_customer_products",
                        x => new
                        {
                            x.customer_id,
                            x.product_id,
                            x.currency,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "customers",
                columns: table => new
                {
                    customer_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    label = table.Column<string>(type: "TEXT", nullable: false),
                    is_erased = table.Column<bool>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_customers", x => x.customer_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "product_totals",
                columns: table => new
                {
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    orders = table.Column<long>(type: "INTEGER", nullable: false),
                    quantity_bought = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_bought = table.Column<long>(type: "INTEGER", nullable: false),
                    quantity_returned = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_returned = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product_totals", x => new { x.product_id, x.currency });
                }
            );

            migrationBuilder.CreateTable(
                name: "products",
                columns: table => new
                {
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sku = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_products", x => x.product_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "purchases",
                columns: table => new
                {
                    order_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    customer_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    quantity = table.Column<long>(type: "INTEGER", nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    bought_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_purchases", x => new { x.order_id, x.product_id });
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_customer_products_customer_id_last_bought",
                table: "customer_products",
                columns: new[] { "customer_id", "last_bought" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_customer_products_product_id_quantity_bought",
                table: "customer_products",
                columns: new[] { "product_id", "quantity_bought" }
            );

            migrationBuilder.CreateIndex(name: "IX_customers_label", table: "customers", column: "label");

            migrationBuilder.CreateIndex(
                name: "IX_purchases_customer_id_product_id_bought_at",
                table: "purchases",
                columns: new[] { "customer_id", "product_id", "bought_at" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "customer_products");

            migrationBuilder.DropTable(name: "customers");

            migrationBuilder.DropTable(name: "product_totals");

            migrationBuilder.DropTable(name: "products");

            migrationBuilder.DropTable(name: "purchases");
        }
    }
}
