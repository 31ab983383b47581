using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ModularShop.Catalog.Data.Migrations
{
    /// <summary>
    /// Tells what a person decided from what an import brought. Of a product that is there already this is known only while it
    /// is as its import made it; the name and price of any other are taken to be a person's, as an import must not undo these.
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
