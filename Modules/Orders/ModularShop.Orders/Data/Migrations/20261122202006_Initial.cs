using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ModularShop.Orders.Data.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erased_customers",
                columns: table => new { customer_id = table.Column<Guid>(type: "TEXT", nullable: false) },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erased_customers", x => x.customer_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "orders",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    customer_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    placed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    cancellation_reason = table.Column<string>(type: "TEXT", nullable: true),
                    import_number = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_orders", x => x.sequence);
                }
            );

            migrationBuilder.CreateTable(
                name: "product_copies",
                columns: table => new
                {
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    price = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    is_discontinued = table.Column<bool>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_product_copies", x => x.product_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "returns",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    order_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    customer_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    returned_at = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    import_number = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_returns", x => x.sequence);
                }
            );

            migrationBuilder.CreateTable(
                name: "order_lines",
                columns: table => new
                {
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    order_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    unit_price = table.Column<long>(type: "INTEGER", nullable: false),
                    bought_at = table.Column<long>(type: "INTEGER", nullable: true),
                    returned = table.Column<int>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_order_lines", x => new { x.order_sequence, x.position });
                    table.ForeignKey(
                        name: "FK_order_lines_orders_order_sequence",
                        column: x => x.order_sequence,
                        principalTable: "orders",
                        principalColumn: "sequence",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "return_lines",
                columns: table => new
                {
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    return_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    product_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    quantity = table.Column<int>(type: "INTEGER", nullable: false),
                    unit_price = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_return_lines", x => new { x.return_sequence, x.position });
                    table.ForeignKey(
                        name: "FK_return_lines_returns_return_sequence",
                        column: x => x.return_sequence,
                        principalTable: "returns",
                        principalColumn: "sequence",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_orders_customer_id_placed_at_sequence",
                table: "orders",
                columns: new[] { "customer_id", "placed_at", "sequence" }
            );

            migrationBuilder.CreateIndex(name: "IX_orders_id", table: "orders", column: "id", unique: true);

            migrationBuilder.CreateIndex(name: "IX_orders_import_number", table: "orders", column: "import_number", unique: true);

            migrationBuilder.CreateIndex(name: "IX_orders_placed_at_sequence", table: "orders", columns: new[] { "placed_at", "sequence" });

            migrationBuilder.CreateIndex(name: "IX_returns_customer_id", table: "returns", column: "customer_id");

            migrationBuilder.CreateIndex(name: "IX_returns_id", table: "returns", column: "id", unique: true);

            migrationBuilder.CreateIndex(name: "IX_returns_import_number", table: "returns", column: "import_number", unique: true);

            migrationBuilder.CreateIndex(name: "IX_returns_order_id", table: "returns", column: "order_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "erased_customers");

            migrationBuilder.DropTable(name: "order_lines");

            migrationBuilder.DropTable(name: "product_copies");

            migrationBuilder.DropTable(name: "return_lines");

            migrationBuilder.DropTable(name: "orders");

            migrationBuilder.DropTable(name: "returns");
        }
    }
}
