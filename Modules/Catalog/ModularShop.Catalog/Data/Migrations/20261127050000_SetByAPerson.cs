using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

#nullable disable

namespace ModularShop.Catalog.Data.Migrations
{
    /// <summary>
    /// Marks the name and the price that a person set, so that an import does not change them. An existing product counts as
    /// imported only when it was never changed since its import; otherwise its name and price count as set by a person.
    /// </summary>
    internal partial class SetByAPerson : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(name: "name_is_set", table: "products", type: "INTEGER", nullable: false, defaultValue: false);
            migrationBuilder.AddColumn<bool>(
                name: "price_is_set",
                table: "products",
                type: "INTEGER",
                nullable: false,
                defaultValue: false
            );
            migrationBuilder.Sql("UPDATE products SET name_is_set = 1, price_is_set = 1 WHERE listed_as_of IS NULL OR version > 1");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "name_is_set", table: "products");
            migrationBuilder.DropColumn(name: "price_is_set", table: "products");
        }
    }
}
